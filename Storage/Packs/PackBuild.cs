using System.Buffers;
using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Transactions;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Packs;

/// <summary>Writes a set of objects into a new pack: each against the older version of its path where that is smaller.</summary>
internal sealed class PackBuild(StoreParts parts, PackEffort effort)
{
    // A delta under an eighth of the object is taken without trying the whole object as well.
    private const int CertainGain = 8;

    // What an entry with a base has more in its head: depth and distance.
    private const int HeadDifference = 4;
    private const int SmallBytes = 4096;
    private const int MinimumBuffer = 64;

    private readonly Dictionary<ContentHash, Written> _written = [];
    private readonly List<StoreDamage> _damage = [];

    /// <summary>Objects that could not be read and are not in the pack.</summary>
    public IReadOnlyList<StoreDamage> Damage => _damage;

    /// <summary>
    /// Writes and publishes the pack; gives its path, or null where nothing was to be packed. A pack that replaces others is
    /// not published when an object of theirs cannot be read.
    /// </summary>
    public Task<string?> WriteAsync(
        IReadOnlySet<ContentHash> objects, IEnumerable<ContentHash> snapshots, ImmutableArray<ContentHash> replaces, CancellationToken cancellationToken) =>
        Background.RunAsync(() => WriteHereAsync(objects, snapshots, replaces, cancellationToken));

    private async Task<string?> WriteHereAsync(
        IReadOnlySet<ContentHash> objects, IEnumerable<ContentHash> snapshots, ImmutableArray<ContentHash> replaces, CancellationToken cancellationToken)
    {
        DeltaPlan plan = new(new CommittedReader(parts.Objects), objects);
        await plan.MakeAsync(snapshots, cancellationToken);
        using PackWriter writer = new(parts.Options.Files, parts.Packs.Folder, new PackHeader(effort, replaces));
        foreach (var id in plan.Order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryRead(id) is { } found)
            {
                Add(writer, plan, id, found);
            }
        }

        return writer.Count == 0 || (_damage.Count > 0 && !replaces.IsEmpty) ? null : writer.Publish();
    }

    private StoredObject? TryRead(ContentHash id)
    {
        try
        {
            return parts.Objects.TryRead(id) ?? throw new CorruptObjectException(id, "it is gone");
        }
        catch (CorruptObjectException e)
        {
            var place = parts.Catalog.Journal.TryGet(id, out var location) ? parts.Objects.PathOf(location) : parts.Packs.Folder;
            _damage.Add(new StoreDamage(e.Reason, place, location.Offset, id));
            return null;
        }
    }

    private void Add(PackWriter writer, DeltaPlan plan, ContentHash id, StoredObject found)
    {
        if (Reusable(id) is { } kept && (kept.Base is { } from ? _written.ContainsKey(from) && Fits(from) : effort == PackEffort.Quick && plan.BaseOf(id) is null && plan.ResemblancesOf(id).Count == 0))
        {
            Put(writer, id, found, kept.Codec, kept.Data, kept.Base);
            return;
        }

        var raw = found.Bytes.Span;
        var best = ArrayPool<byte>.Shared.Rent(Math.Max(raw.Length, MinimumBuffer));
        var other = ArrayPool<byte>.Shared.Rent(Math.Max(raw.Length, MinimumBuffer));
        ContentHash? @base = null;
        var delta = 0;
        foreach (var candidate in Candidates(plan, id))
        {
            var count = TryDelta(raw, candidate, other.AsSpan(0, delta > 0 ? delta : raw.Length), found.Kind);
            if (count > 0 && (delta == 0 || count < delta))
            {
                (best, other, delta, @base) = (other, best, count, candidate);
            }
        }

        var whole = delta > 0 && delta < raw.Length / CertainGain ? 0 : Zstd.TryCompressInto(raw, other.AsSpan(0, raw.Length), Level(found.Kind));
        if (delta > 0 && IsWorthIt(delta, whole == 0 ? raw.Length : whole))
        {
            Put(writer, id, found, ObjectCodec.ZstdDelta, best.AsSpan(ZstdDelta.MagicBytes, delta - ZstdDelta.MagicBytes), @base);
        }
        else if (whole > 0 && whole - ZstdDelta.MagicBytes < raw.Length)
        {
            Put(writer, id, found, ObjectCodec.Zstd, other.AsSpan(ZstdDelta.MagicBytes, whole - ZstdDelta.MagicBytes), null);
        }
        else
        {
            Put(writer, id, found, ObjectCodec.Raw, raw, null);
        }

        ArrayPool<byte>.Shared.Return(best);
        ArrayPool<byte>.Shared.Return(other);
    }

    // A longer chain must pay for itself; for what is small, reading it costs next to nothing.
    private static bool IsWorthIt(int delta, int whole) => delta + HeadDifference + (whole > SmallBytes ? whole / 16 : 0) < whole;

    private IEnumerable<ContentHash> Candidates(DeltaPlan plan, ContentHash id)
    {
        if (plan.BaseOf(id) is { } older)
        {
            return BaseFor(older) is { } found ? [found] : [];
        }

        // In the background one guess is enough: the next thorough pack tries them all.
        return plan.ResemblancesOf(id).Where(_written.ContainsKey).Where(Fits).Take(effort == PackEffort.Thorough ? int.MaxValue : 1);
    }

    private int TryDelta(ReadOnlySpan<byte> raw, ContentHash @base, Span<byte> target, ObjectKind kind) =>
        parts.Objects.TryRead(@base) is { } prefix ? ZstdDelta.TryCompress(raw, prefix.Bytes.Span, target, Level(kind)) : 0;

    private void Put(PackWriter writer, ContentHash id, StoredObject found, ObjectCodec codec, ReadOnlySpan<byte> data, ContentHash? @base)
    {
        var below = @base is { } older ? _written[older] : default;
        var depth = @base is null ? (byte)0 : (byte)(below.Depth + 1);
        var offset = writer.Add(id, found.Kind, codec, found.Bytes.Length, data, depth, below.Offset);
        _written[id] = new Written(offset, depth, @base is null ? 0 : below.ChainBytes + below.RawBytes, found.Bytes.Length, @base);
    }

    /// <summary>
    /// The planned base, or where its chain is at its end, an older one half way down: so a chain goes on from there instead
    /// of with a whole copy.
    /// </summary>
    private ContentHash? BaseFor(ContentHash? planned)
    {
        if (planned is not { } at || !_written.TryGetValue(at, out var written))
        {
            return null;
        }

        if (Fits(at))
        {
            return at;
        }

        for (var (depth, bytes) = (written.Depth / 2, written.ChainBytes / 2); written.Depth > depth || written.ChainBytes > bytes; written = _written[at])
        {
            if (written.Base is not { } below)
            {
                break;
            }

            at = below;
        }

        return Fits(at) ? at : null;
    }

    private bool Fits(ContentHash @base) =>
        _written[@base] is var below && below.Depth < DeltaLimits.Depth && below.ChainBytes + below.RawBytes <= DeltaLimits.ChainBytes;

    // What another pack has, as it stands there; its base by id.
    private Kept? Reusable(ContentHash id)
    {
        if (!parts.Packs.TryFind(id, out var pack, out var place) || parts.Catalog.Journal.TryGet(id, out _)
            || (effort == PackEffort.Thorough && pack!.Header.Effort != PackEffort.Thorough)
            || pack!.ReadEntry(place.Offset, place.EntryBytes) is not { } entry)
        {
            return null;
        }

        ContentHash? @base = null;
        if (entry.Codec == ObjectCodec.ZstdDelta)
        {
            if (BasesOf(pack).TryGetValue(place.Offset - entry.BaseDistance, out var found))
            {
                @base = found;
            }
            else
            {
                return null;
            }
        }

        return new Kept(entry, @base);
    }

    private Dictionary<long, ContentHash> BasesOf(PackFile pack)
    {
        if (!_offsets.TryGetValue(pack, out var known))
        {
            _offsets[pack] = known = pack.Index.All().ToDictionary(entry => entry.Place.Offset, entry => entry.Id);
        }

        return known;
    }

    private readonly Dictionary<PackFile, Dictionary<long, ContentHash>> _offsets = [];

    // Directories are mostly hashes: nothing there for a slow search to find.
    private int Level(ObjectKind kind) => effort == PackEffort.Thorough && kind != ObjectKind.Page ? Zstd.ThoroughLevel : Zstd.PackLevel;

    private readonly record struct Written(long Offset, byte Depth, long ChainBytes, int RawBytes, ContentHash? Base);

    private sealed class Kept(PackEntry entry, ContentHash? @base)
    {
        public ObjectCodec Codec => entry.Codec;

        public ReadOnlySpan<byte> Data => entry.Data;

        public ContentHash? Base => @base;
    }

    private sealed class CommittedReader(ObjectSource objects) : IObjectReader
    {
        public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken) => ValueTask.FromResult(objects.TryRead(id));
    }
}
