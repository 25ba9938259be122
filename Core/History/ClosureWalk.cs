using System.Runtime.CompilerServices;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History;

/// <summary>Names one object of a closure and how its bytes are read. A file may be stored as Content or as ChunkList.</summary>
public readonly record struct ClosureItem(ContentHash Id, ObjectKind Kind, ulong SizeBytes);

/// <summary>
/// Lists what a snapshot needs, depth first and children before parents, so that a receiver that stores in this order
/// never holds something that refers to what it lacks. The order depends on nothing but the arguments, which is what lets
/// a transfer resume at a position.
/// </summary>
public sealed class ClosureWalk(ObjectGraph objects)
{
    private readonly HashSet<ContentHash> _seen = [];

    /// <summary>Marks everything that snapshots hold, themselves and their roots, as present on the other side. Their ancestors count as present too.</summary>
    public async ValueTask ExcludeAsync(IEnumerable<SnapshotId> snapshots, CancellationToken cancellationToken)
    {
        // Only the trees of the named snapshots are walked: they hold nearly all that a descendant shares with history.
        foreach (var id in snapshots)
        {
            if (_seen.Add(id.Hash) && await objects.TryReadSnapshotAsync(id, cancellationToken) is { } snapshot)
            {
                await foreach (var _ in DirectoryAsync(snapshot.Root, cancellationToken))
                {
                    // Walking marks what it meets.
                }
            }
        }

        await foreach (var (id, _) in Ancestry.WalkAsync(objects, snapshots, cancellationToken))
        {
            _seen.Add(id.Hash);
        }
    }

    /// <summary>Lists the objects that a snapshot and its ancestors need and that were neither excluded nor listed before.</summary>
    public async IAsyncEnumerable<ClosureItem> SnapshotAsync(SnapshotId tip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in await AncestorsFirstAsync(tip, cancellationToken))
        {
            var snapshot = await objects.ReadSnapshotAsync(id, cancellationToken);
            await foreach (var item in DirectoryAsync(snapshot.Root, cancellationToken))
            {
                yield return item;
            }

            foreach (var conflict in snapshot.Conflicts)
            {
                foreach (var side in new[] { conflict.Base, conflict.Ours, conflict.Theirs })
                {
                    if (side is { Kind: EntryKind.File or EntryKind.Executable or EntryKind.Symlink } && _seen.Add(side.Hash))
                    {
                        yield return new ClosureItem(side.Hash, ObjectKind.Content, side.SizeBytes);
                    }
                }
            }

            _seen.Add(id.Hash);
            yield return new ClosureItem(id.Hash, ObjectKind.Snapshot, 0);
        }
    }

    /// <summary>Lists the objects below a directory, and the directory itself last.</summary>
    public async IAsyncEnumerable<ClosureItem> DirectoryAsync(ContentHash id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_seen.Add(id))
        {
            yield break;
        }

        // An explicit stack: a hostile tree is deep, not this thread.
        var stack = new Stack<Frame>();
        stack.Push(await OpenAsync(id, cancellationToken));
        while (stack.TryPeek(out var frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (frame.Next < frame.Directory.Entries.Length)
            {
                var entry = frame.Directory.Entries[frame.Next++];
                if (entry.Kind is EntryKind.NestedTree or EntryKind.ForeignLink || !_seen.Add(entry.Hash))
                {
                    continue;
                }

                if (entry.Kind == EntryKind.Directory)
                {
                    stack.Push(await OpenAsync(entry.Hash, cancellationToken));
                }
                else
                {
                    yield return new ClosureItem(entry.Hash, ObjectKind.Content, entry.SizeBytes);
                }

                continue;
            }

            _ = stack.Pop();
            foreach (var page in frame.Pages)
            {
                if (_seen.Add(page))
                {
                    yield return new ClosureItem(page, ObjectKind.Page, 0);
                }
            }

            yield return new ClosureItem(frame.Id, ObjectKind.Directory, 0);
        }
    }

    private async ValueTask<Frame> OpenAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var directory = await objects.ReadDirectoryAsync(id, cancellationToken);
        return new Frame(id, directory, [.. DirectoryCodec.Encode(directory).Pages.Select(page => page.Id)]);
    }

    private async ValueTask<List<SnapshotId>> AncestorsFirstAsync(SnapshotId tip, CancellationToken cancellationToken)
    {
        var order = new List<SnapshotId>();
        var open = new HashSet<SnapshotId>();
        var stack = new Stack<(SnapshotId Id, bool Expanded)>([(tip, false)]);
        while (stack.TryPop(out var top))
        {
            if (top.Expanded)
            {
                order.Add(top.Id);
                continue;
            }

            if (_seen.Contains(top.Id.Hash) || !open.Add(top.Id))
            {
                continue;
            }

            stack.Push((top.Id, true));
            var snapshot = await objects.ReadSnapshotAsync(top.Id, cancellationToken);
            for (var i = snapshot.Parents.Length - 1; i >= 0; i--)
            {
                stack.Push((snapshot.Parents[i], false));
            }
        }

        return order;
    }

    private sealed class Frame(ContentHash id, DirectoryObject directory, ContentHash[] pages)
    {
        public ContentHash Id => id;

        public DirectoryObject Directory => directory;

        public ContentHash[] Pages => pages;

        public int Next { get; set; }
    }
}
