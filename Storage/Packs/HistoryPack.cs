using System.Buffers;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Transactions;

namespace W0rktree.Storage.Packs;

/// <summary>An older version of what is written, against which it may be stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">What was written under that id.</param>
public readonly record struct OlderVersion(ContentHash Id, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Takes the objects of a long history, oldest first, straight into a pack: each against the version before it, so that a history of
/// gigabytes costs no more writing than what it comes to. Nothing is visible before <see cref="PublishAsync"/>, and a pack that is given
/// up leaves nothing. Thread safe, but for publishing.
/// </summary>
/// <remarks>What no reference names is garbage after the grace period, like anything else.</remarks>
public sealed class HistoryPack : IDisposable
{
    /// <summary>The fastest: the older version is right before it, and finding long matches takes no search.</summary>
    private const int Level = 1;

    // Walks over history read nothing but snapshots, and there is little to gain: a snapshot is short already.
    private const int SnapshotDepth = 8;

    // A delta under a quarter of the object is taken without trying the whole object as well.
    private const int CertainGain = 4;
    private const int MinimumBuffer = 64;

    private readonly Lock _gate = new();
    private readonly StoreParts _parts;
    private readonly CommitLoop _loop;
    private readonly PackWriter _writer;
    private readonly HashSet<ContentHash> _claimed = [];
    private readonly Dictionary<ContentHash, Written> _written = [];

    internal HistoryPack(StoreParts parts, CommitLoop loop)
    {
        (_parts, _loop) = (parts, loop);
        _writer = new PackWriter(parts.Options.Files, parts.Packs.Folder, new PackHeader(PackEffort.Quick, []), "history");
    }

    /// <summary>Writes content of at most 10 MiB and returns its id.</summary>
    public ContentHash WriteContent(ReadOnlySpan<byte> content, OlderVersion? older)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ChunkList.ThresholdBytes);
        var id = ContentHash.OfContent(content);
        Add(ObjectKind.Content, id, content, older);
        return id;
    }

    /// <summary>Writes a directory and returns what it was stored as.</summary>
    public DirectoryEncoding WriteDirectory(DirectoryObject directory, DirectoryEncoding? older)
    {
        var encoding = DirectoryCodec.Encode(directory);
        var before = older?.Pages ?? [];
        var kept = before.Select((page, at) => (page.Id, at)).ToDictionary(place => place.Id, place => place.at);
        var next = 0;
        foreach (var page in encoding.Pages)
        {
            // Between two pages that stayed, the n-th new one takes the place of the n-th old one.
            if (kept.TryGetValue(page.Id, out var at))
            {
                next = at + 1;
                continue;
            }

            Add(ObjectKind.Page, page.Id, page.Bytes.Span, next < before.Length ? new OlderVersion(before[next].Id, before[next].Bytes) : null);
            next++;
        }

        Add(ObjectKind.Directory, encoding.Id, encoding.Bytes.Span, older is null ? null : new OlderVersion(older.Id, older.Bytes));
        return encoding;
    }

    /// <summary>Writes a snapshot and returns its encoding.</summary>
    public ReadOnlyMemory<byte> WriteSnapshot(SnapshotObject snapshot, OlderVersion? older)
    {
        var bytes = SnapshotCodec.Encode(snapshot);
        Add(ObjectKind.Snapshot, snapshot.Id.Hash, bytes, older);
        return bytes;
    }

    /// <summary>Makes everything durable and visible.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (_writer.Count == 0)
        {
            return;
        }

        _parts.Poison.ThrowIfSet();
        cancellationToken.ThrowIfCancellationRequested();
        var path = await Task.Run(_writer.Publish, cancellationToken);
        await _loop.RunStepAsync(
            () => _parts.Packs.Replace([], PackFile.TryOpen(_parts.Options.Files, path, []) ?? throw new IOException($"The new pack '{path}' cannot be read.")),
            CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Add(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> raw, OlderVersion? older)
    {
        var below = default(Written);
        bool hasBase;
        lock (_gate)
        {
            if (!_claimed.Add(id) || _parts.Catalog.Contains(id))
            {
                return;
            }

            hasBase = older is { } version && _written.TryGetValue(version.Id, out below) && below.Depth < (kind == ObjectKind.Snapshot ? SnapshotDepth : DeltaLimits.Depth) && below.ChainBytes + below.RawBytes <= DeltaLimits.ChainBytes;
        }

        var first = ArrayPool<byte>.Shared.Rent(Math.Max(raw.Length, MinimumBuffer));
        var delta = hasBase ? ZstdDelta.TryCompress(raw, older!.Value.Bytes.Span, first.AsSpan(0, raw.Length), Level) : 0;
        if (delta > 0 && delta < raw.Length / CertainGain)
        {
            Append(kind, id, ObjectCodec.ZstdDelta, raw.Length, first.AsSpan(ZstdDelta.MagicBytes, delta - ZstdDelta.MagicBytes), below);
            ArrayPool<byte>.Shared.Return(first);
            return;
        }

        var second = ArrayPool<byte>.Shared.Rent(Math.Max(raw.Length, MinimumBuffer));
        var whole = Zstd.TryCompressInto(raw, second.AsSpan(0, raw.Length), Zstd.HistoryLevel);
        if (delta > 0 && (whole == 0 || delta < whole))
        {
            Append(kind, id, ObjectCodec.ZstdDelta, raw.Length, first.AsSpan(ZstdDelta.MagicBytes, delta - ZstdDelta.MagicBytes), below);
        }
        else if (whole > 0)
        {
            Append(kind, id, ObjectCodec.Zstd, raw.Length, second.AsSpan(ZstdDelta.MagicBytes, whole - ZstdDelta.MagicBytes), null);
        }
        else
        {
            Append(kind, id, ObjectCodec.Raw, raw.Length, raw, null);
        }

        ArrayPool<byte>.Shared.Return(first);
        ArrayPool<byte>.Shared.Return(second);
    }

    private void Append(ObjectKind kind, ContentHash id, ObjectCodec codec, int rawBytes, ReadOnlySpan<byte> data, Written? below)
    {
        lock (_gate)
        {
            var depth = below is { } older ? (byte)(older.Depth + 1) : (byte)0;
            var offset = _writer.Add(id, kind, codec, rawBytes, data, depth, below?.Offset ?? 0);
            _written[id] = new Written(offset, depth, below is { } b ? b.ChainBytes + b.RawBytes : 0, rawBytes);
        }
    }

    private readonly record struct Written(long Offset, byte Depth, long ChainBytes, int RawBytes);
}
