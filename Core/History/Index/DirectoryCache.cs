using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.History.Index;

/// <summary>
/// Remembers the directories that were read last: neighbours in history share nearly all of theirs. Bounded by the number of
/// entries, since that is what they cost. Not thread-safe.
/// </summary>
public sealed class DirectoryCache(ObjectGraph objects)
{
    /// <summary>Some 60 MB at the worst; two generations of the root and of its largest directories in any project seen.</summary>
    private const int MaxEntries = 200_000;

    private Dictionary<ContentHash, DirectoryObject> _young = [];
    private Dictionary<ContentHash, DirectoryObject> _old = [];
    private int _youngEntries;

    /// <summary>Gets where directories come from.</summary>
    public ObjectGraph Objects => objects;

    /// <summary>Reads a directory.</summary>
    public async ValueTask<DirectoryObject> ReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (_young.TryGetValue(id, out var known))
        {
            return known;
        }

        var directory = _old.TryGetValue(id, out var older) ? older : await objects.ReadDirectoryAsync(id, cancellationToken);
        _young[id] = directory;
        _youngEntries += directory.Entries.Length + 1;
        if (_youngEntries > MaxEntries / 2)
        {
            (_old, _young, _youngEntries) = (_young, [], 0);
        }

        return directory;
    }

    /// <summary>Finds what a path names below a root directory, or null where nothing stands there; the root itself has no entry.</summary>
    public async ValueTask<DirectoryEntry?> FindAsync(ContentHash root, IReadOnlyList<EntryName> names, CancellationToken cancellationToken)
    {
        DirectoryEntry? found = null;
        var directory = root;
        foreach (var name in names)
        {
            if (found is not null && found.Kind != EntryKind.Directory)
            {
                return null;
            }

            found = (await ReadAsync(directory, cancellationToken)).Find(name);
            if (found is null)
            {
                return null;
            }

            directory = found.Hash;
        }

        return found;
    }

    /// <summary>Lists the paths of files that differ between two roots; null stands for nothing.</summary>
    public async ValueTask<List<TreePath>> ChangedPathsAsync(ContentHash? before, ContentHash? after, CancellationToken cancellationToken)
    {
        var changed = new List<TreePath>();
        await CompareAsync(TreePath.Root, before, after, changed, cancellationToken);
        return changed;
    }

    private async ValueTask CompareAsync(TreePath at, ContentHash? before, ContentHash? after, List<TreePath> changed, CancellationToken cancellationToken)
    {
        if (before == after)
        {
            return;
        }

        var left = before is { } b ? await ReadAsync(b, cancellationToken) : DirectoryObject.Empty;
        var right = after is { } a ? await ReadAsync(a, cancellationToken) : DirectoryObject.Empty;
        int i = 0, j = 0;
        while (i < left.Entries.Length || j < right.Entries.Length)
        {
            var order = i == left.Entries.Length ? 1 : j == right.Entries.Length ? -1 : left.Entries[i].Name.CompareTo(right.Entries[j].Name);
            var old = order <= 0 ? left.Entries[i++] : null;
            var now = order >= 0 ? right.Entries[j++] : null;
            if (old is not null && old.SameTarget(now))
            {
                continue;
            }

            var path = at.Append((now ?? old)!.Name);
            var oldDirectory = old is { Kind: EntryKind.Directory } ? old.Hash : (ContentHash?)null;
            var newDirectory = now is { Kind: EntryKind.Directory } ? now.Hash : (ContentHash?)null;
            if ((old is not null && oldDirectory is null) || (now is not null && newDirectory is null))
            {
                changed.Add(path);
            }

            if (oldDirectory is not null || newDirectory is not null)
            {
                await CompareAsync(path, oldDirectory, newDirectory, changed, cancellationToken);
            }
        }
    }
}
