using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>
/// Compares two directories by their ids. Costs only what differs: equal ids are never read. Changes come in the order of
/// <see cref="TreePath"/>.
/// </summary>
public static class DirectoryDiff
{
    /// <summary>Lists the changed paths between two roots; null stands for a state that has nothing.</summary>
    /// <remarks>
    /// A sealed entry has no name and is skipped: where the digests of two sealed sets differ, something hidden changed,
    /// and only the server can say what.
    /// </remarks>
    public static async ValueTask<IReadOnlyList<PathChange>> CompareAsync(ObjectGraph objects, ContentHash? oldRoot, ContentHash? newRoot, CancellationToken cancellationToken)
    {
        var changes = new List<PathChange>();
        await CompareAsync(objects, TreePath.Root, oldRoot, newRoot, changes, cancellationToken);
        changes.Sort(static (a, b) => a.Path.CompareTo(b.Path));
        return changes;
    }

    private static async ValueTask CompareAsync(ObjectGraph objects, TreePath at, ContentHash? oldId, ContentHash? newId, List<PathChange> changes, CancellationToken cancellationToken)
    {
        if (oldId == newId)
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var before = oldId is { } o ? await objects.ReadDirectoryAsync(o, cancellationToken) : DirectoryObject.Empty;
        var after = newId is { } n ? await objects.ReadDirectoryAsync(n, cancellationToken) : DirectoryObject.Empty;
        foreach (var (left, right) in Pair(before, after))
        {
            if (left is not null && right is not null && left.SameTarget(right))
            {
                continue;
            }

            var path = at.Append((right ?? left)!.Name);
            var leftDirectory = left is { Kind: EntryKind.Directory } ? left.Hash : (ContentHash?)null;
            var rightDirectory = right is { Kind: EntryKind.Directory } ? right.Hash : (ContentHash?)null;
            if (OwnChange(path, leftDirectory is null ? left : null, rightDirectory is null ? right : null) is { } change)
            {
                changes.Add(change);
            }

            if (leftDirectory is not null || rightDirectory is not null)
            {
                await CompareAsync(objects, path, leftDirectory, rightDirectory, changes, cancellationToken);
            }
        }
    }

    /// <summary>Walks two sorted lists of entries in step.</summary>
    internal static IEnumerable<(DirectoryEntry? Left, DirectoryEntry? Right)> Pair(DirectoryObject left, DirectoryObject right)
    {
        int i = 0, j = 0;
        while (i < left.Entries.Length || j < right.Entries.Length)
        {
            var order = i == left.Entries.Length ? 1
                : j == right.Entries.Length ? -1
                : left.Entries[i].Name.CompareTo(right.Entries[j].Name);
            yield return (order <= 0 ? left.Entries[i] : null, order >= 0 ? right.Entries[j] : null);
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
    }

    /// <summary>Describes how two entries of one path differ that are no directories; null where there is neither.</summary>
    public static PathChange? OwnChange(TreePath path, DirectoryEntry? before, DirectoryEntry? after)
    {
        ChangeType? type = (before, after) switch
        {
            (null, null) => null,
            (null, _) => ChangeType.Added,
            (_, null) => ChangeType.Deleted,
            _ when before.Kind.IsFile && after.Kind.IsFile => before.Hash == after.Hash ? ChangeType.ModeChanged : ChangeType.Modified,
            _ => before.Kind == after.Kind ? ChangeType.Modified : ChangeType.TypeChanged,
        };
        return type is { } known ? new PathChange(path, known, before, after) : null;
    }
}
