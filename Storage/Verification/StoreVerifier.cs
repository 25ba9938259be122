using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Content;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Transactions;

namespace W0rktree.Storage.Verification;

/// <summary>Reads everything in an open store and reports each thing that is damaged; changes nothing.</summary>
internal sealed class StoreVerifier(StoreParts parts, IObjectReader reader, IProgress<long>? progress, RecoveryReport recovery)
{
    // Often enough for a progress line, seldom enough to cost nothing.
    private const int ProgressEvery = 256;

    // What opening met and could not name, where its file is still there; a damaged object that has an id is met again, unless it was healed meanwhile.
    private readonly List<StoreDamage> _damage = [.. recovery.Damage.Where(damage => damage.Id is null && parts.Options.Files.Exists(damage.File))];
    private long _objects;
    private long _bytes;

    public async Task<VerifyReport> RunAsync(Func<IObjectReader, CancellationToken, IAsyncEnumerable<StoreDamage>>? closure, CancellationToken cancellationToken)
    {
        // In the order of the disk.
        foreach (var (id, location) in parts.Catalog.Journal.Snapshot().OrderBy(entry => entry.Value.Source.Value).ThenBy(entry => entry.Value.Offset))
        {
            await CheckAsync(id, new StoreDamage("", parts.Objects.PathOf(location), location.Offset, id, location.Kind), () => parts.Objects.TryReadAt(id, location), cancellationToken);
        }

        // Every copy by itself: another good one would hide a damaged one for as long as it is there.
        foreach (var pack in parts.Packs.All)
        {
            foreach (var (id, place) in pack.Index.All())
            {
                await CheckAsync(id, new StoreDamage("", pack.Path, place.Offset, id, place.Kind), () => parts.Packs.Reader.Read(pack, id, place), cancellationToken);
            }
        }

        foreach (var pack in parts.Packs.All.Where(pack => !pack.IsIntact()))
        {
            _damage.Add(new StoreDamage("The pack is not what its trailer says.", pack.Path, 0));
        }

        parts.Checkpoints.Verify(_damage);
        var entries = CheckReflog();
        if (closure is not null)
        {
            await foreach (var damage in closure(reader, cancellationToken))
            {
                _damage.Add(damage);
            }
        }

        progress?.Report(_objects);
        return new VerifyReport(_objects, _bytes, entries, _damage);
    }

    private async ValueTask CheckAsync(ContentHash id, StoreDamage place, Func<StoredObject?> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var found = read();
            _bytes += found?.Bytes.Length ?? 0;
            if (found?.Kind == ObjectKind.ChunkList)
            {
                await ChunkedContent.RequireAsync(reader, id, ChunkList.Decode(id, found.Bytes.Span), cancellationToken);
            }
        }
        catch (CorruptObjectException e)
        {
            parts.Catalog.MarkDamagedUnlessReadable(id, parts.Objects);
            _damage.Add(place with { What = e.Reason });
        }
        catch (MissingObjectException e)
        {
            _damage.Add(place with { What = e.Message });
        }
        catch (ObjectDisposedException)
        {
            // Packed or merged away while it was its turn; the copy that counts now was verified when it was written.
        }

        if (++_objects % ProgressEvery == 0)
        {
            progress?.Report(_objects);
        }
    }

    private long CheckReflog()
    {
        long count = 0;
        try
        {
            foreach (var entry in parts.Reflog.NewestFirst())
            {
                count += entry.Sequence > 0 ? 1 : 0;
            }
        }
        catch (InvalidDataException e)
        {
            _damage.Add(new StoreDamage(e.Message, parts.Layout.Reflog, 0));
        }

        return count;
    }
}
