using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>
/// Finds for each object the adjacent older version of the same path, by going through the snapshots, ancestors first, each
/// beside its first parent. Gives an order in which every base stands before what is made from it. What cannot be read is
/// passed over: a plan makes packs smaller and never decides what is in them.
/// </summary>
internal sealed class DeltaPlan(IObjectReader reader, IReadOnlySet<ContentHash> objects)
{
    private readonly ObjectGraph _graph = new(reader);
    private readonly Dictionary<ContentHash, ContentHash> _bases = [];
    private readonly HashSet<ContentHash> _seen = [];
    private readonly List<ContentHash> _order = [];
    private readonly SimilarFiles _similar = new();

    /// <summary>Every object of the set once, bases first.</summary>
    public IReadOnlyList<ContentHash> Order => _order;

    /// <summary>What a new path may resemble, best guess first; objects that stand before it in the order.</summary>
    public IReadOnlyList<ContentHash> ResemblancesOf(ContentHash id) => _similar.Of(id);

    public ContentHash? BaseOf(ContentHash id) => _bases.TryGetValue(id, out var found) ? found : null;

    /// <summary>Goes through the snapshots of the set; whatever no snapshot reaches comes last, without bases.</summary>
    public async Task MakeAsync(IEnumerable<ContentHash> snapshots, CancellationToken cancellationToken)
    {
        foreach (var (id, snapshot) in await AncestorsFirstAsync(snapshots, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var parent = snapshot.Parents.IsEmpty ? null : await TryAsync(() => _graph.TryReadSnapshotAsync(snapshot.Parents[0], cancellationToken));
            await DirectoryAsync(parent?.Root, snapshot.Root, cancellationToken);
            Take(id, snapshot.Parents.IsEmpty ? null : snapshot.Parents[0].Hash);
        }

        foreach (var id in objects.Where(id => !_seen.Contains(id)).Order())
        {
            Take(id, null);
        }
    }

    private async Task<List<KeyValuePair<ContentHash, SnapshotObject>>> AncestorsFirstAsync(IEnumerable<ContentHash> snapshots, CancellationToken cancellationToken)
    {
        List<KeyValuePair<ContentHash, SnapshotObject>> order = [];
        HashSet<ContentHash> entered = [];
        Stack<KeyValuePair<ContentHash, SnapshotObject?>> stack = new(snapshots.Order().Select(id => new KeyValuePair<ContentHash, SnapshotObject?>(id, null)));
        while (stack.TryPop(out var top))
        {
            if (top.Value is { } done)
            {
                order.Add(new(top.Key, done));
                continue;
            }

            if (!objects.Contains(top.Key) || !entered.Add(top.Key) || await TryAsync(() => _graph.TryReadSnapshotAsync(new SnapshotId(top.Key), cancellationToken)) is not { } snapshot)
            {
                continue;
            }

            stack.Push(new(top.Key, snapshot));
            foreach (var parent in snapshot.Parents.Reverse())
            {
                stack.Push(new(parent.Hash, null));
            }
        }

        return order;
    }

    // Recursion is as deep as the tree, which a path's length bounds.
    private async Task DirectoryAsync(ContentHash? old, ContentHash id, CancellationToken cancellationToken)
    {
        if (old == id || _seen.Contains(id) || await TryAsync(() => ReadAsync(id, cancellationToken)) is not { } now)
        {
            return;
        }

        var before = old is { } o ? await TryAsync(() => ReadAsync(o, cancellationToken)) : null;
        Take(id, old);
        PairRuns(before?.Pages ?? [], now.Pages);
        foreach (var entry in now.Directory.Entries)
        {
            var was = before?.Directory.Find(entry.Name);
            if (entry.Kind == EntryKind.Directory)
            {
                await DirectoryAsync(was is { Kind: EntryKind.Directory } ? was.Hash : null, entry.Hash, cancellationToken);
            }
            else if (entry.Kind is EntryKind.File or EntryKind.Executable or EntryKind.Symlink && !_seen.Contains(entry.Hash))
            {
                var wasFile = was is { Kind: EntryKind.File or EntryKind.Executable or EntryKind.Symlink } ? was.Hash : (ContentHash?)null;
                await FileAsync(old ?? id, wasFile, entry, cancellationToken);
            }
        }
    }

    private async Task FileAsync(ContentHash folder, ContentHash? old, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        if (!_seen.Contains(entry.Hash) && objects.Contains(entry.Hash) && (old is null || !objects.Contains(old.Value)))
        {
            _similar.Guess(folder, entry);
        }

        Take(entry.Hash, old);
        _similar.Saw(folder, entry, isPacked: objects.Contains(entry.Hash));
        if (entry.SizeBytes < CuttingRules.MinThresholdBytes || await TryAsync(() => ChunksAsync(entry.Hash, cancellationToken)) is not { Count: > 0 } chunks)
        {
            return;
        }

        PairRuns(old is { } o ? await TryAsync(() => ChunksAsync(o, cancellationToken)) ?? [] : [], chunks);
    }

    /// <summary>Pairs the parts of a long object: between two shared ones, the n-th new one with the n-th old one.</summary>
    private void PairRuns(IReadOnlyList<ContentHash> old, IReadOnlyList<ContentHash> now)
    {
        Dictionary<ContentHash, int> places = [];
        for (var i = 0; i < old.Count; i++)
        {
            places.TryAdd(old[i], i);
        }

        var next = 0;
        foreach (var part in now)
        {
            if (places.TryGetValue(part, out var at))
            {
                next = at + 1;
            }
            else
            {
                Take(part, next < old.Count ? old[next] : null);
                next++;
            }
        }
    }

    private void Take(ContentHash id, ContentHash? old)
    {
        if (!objects.Contains(id) || _seen.Contains(id))
        {
            return;
        }

        if (old is { } @base && @base != id && objects.Contains(@base))
        {
            // An older version that no snapshot of the set showed yet goes first, whole.
            if (_seen.Add(@base))
            {
                _order.Add(@base);
            }

            _bases[id] = @base;
        }

        _seen.Add(id);
        _order.Add(id);
    }

    private async ValueTask<Listing?> ReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var directory = await _graph.ReadDirectoryAsync(id, cancellationToken);
        if (await reader.TryReadAsync(id, cancellationToken) is not { Kind: ObjectKind.Directory } head)
        {
            return new Listing(directory, []);
        }

        return new Listing(directory, DirectoryCodec.Decode(id, head.Bytes.Span) is DirectoryHead.Paged paged ? paged.Pages : []);
    }

    private async ValueTask<IReadOnlyList<ContentHash>?> ChunksAsync(ContentHash id, CancellationToken cancellationToken) =>
        await reader.TryReadAsync(id, cancellationToken) is { Kind: ObjectKind.ChunkList } list
            ? [.. ChunkList.Decode(id, list.Bytes.Span).Chunks.Select(chunk => chunk.Id)]
            : null;

    private static async ValueTask<T?> TryAsync<T>(Func<ValueTask<T?>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is CorruptObjectException or MissingObjectException)
        {
            return null;
        }
    }

    private sealed record Listing(DirectoryObject Directory, IReadOnlyList<ContentHash> Pages);
}
