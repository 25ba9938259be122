using System.Runtime.CompilerServices;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Verification;

namespace W0rktree.LocalAgent.StoreKeeping;

/// <summary>
/// Says of everything that the roots reach and that is not there which path of which snapshot it was, so that a person knows what
/// cannot be repaired. Each object is looked at once, for the first root that reaches it.
/// </summary>
internal sealed class ClosureCheck(ObjectStore store, IReadOnlyList<GarbageRoot> roots)
{
    private readonly ObjectGraph _graph = new(store);
    private readonly HashSet<ContentHash> _seen = [];

    /// <summary>Walks, and gives each gap.</summary>
    public async IAsyncEnumerable<StoreDamage> RunAsync(IObjectReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var root in roots.Where(root => root.Kind is GarbageRootKind.Reference or GarbageRootKind.Reflog))
        {
            Stack<ContentHash> open = new([root.Id]);
            while (open.TryPop(out var id))
            {
                if (!_seen.Add(id))
                {
                    continue;
                }

                var read = await TryAsync(() => _graph.ReadSnapshotAsync(new SnapshotId(id), cancellationToken));
                if (read is not { IsOk: true, Value: var snapshot })
                {
                    yield return new StoreDamage($"Snapshot {id.ToShortString()}, which '{root.Name}' needs, {read.Error.Message}.", store.Folder, 0, id, ObjectKind.Snapshot);
                    continue;
                }

                foreach (var parent in snapshot.Parents)
                {
                    open.Push(parent.Hash);
                }

                await foreach (var gap in DirectoryAsync(id, TreePath.Root, snapshot.Root, cancellationToken))
                {
                    yield return gap;
                }
            }
        }
    }

    private async IAsyncEnumerable<StoreDamage> DirectoryAsync(
        ContentHash snapshot, TreePath at, ContentHash id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_seen.Add(id))
        {
            yield break;
        }

        var read = await TryAsync(() => _graph.ReadDirectoryAsync(id, cancellationToken));
        if (read is not { IsOk: true, Value: var directory })
        {
            yield return Gap(snapshot, at, id, ObjectKind.Directory, read.Error.Message);
            yield break;
        }

        foreach (var entry in directory.Entries)
        {
            var path = at.Append(entry.Name);
            if (entry.Kind == EntryKind.Directory)
            {
                await foreach (var gap in DirectoryAsync(snapshot, path, entry.Hash, cancellationToken))
                {
                    yield return gap;
                }
            }
            else if (entry.Kind is EntryKind.File or EntryKind.Executable or EntryKind.Symlink && _seen.Add(entry.Hash) && store.IsLost(entry.Hash))
            {
                // What is there was read and hashed by the check of every object.
                yield return Gap(snapshot, path, entry.Hash, ObjectKind.Content, store.Holds(entry.Hash) ? "is damaged" : "is not in the store");
            }
        }
    }

    private StoreDamage Gap(ContentHash snapshot, TreePath path, ContentHash id, ObjectKind kind, string what) =>
        new($"'{(path.IsRoot ? "/" : path.ToString())}' of snapshot {snapshot.ToShortString()} {what}.", store.Folder, 0, id, kind);

    private static async ValueTask<Result<T>> TryAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read();
        }
        catch (MissingObjectException e)
        {
            return new Error("missing_object", $"is not in the store ({e.Id.ToShortString()})");
        }
        catch (CorruptObjectException e)
        {
            return new Error("corrupt_object", $"is damaged: {e.Reason}");
        }
    }
}
