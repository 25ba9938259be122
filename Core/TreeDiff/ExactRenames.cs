using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>Joins a deletion and an addition of the same non-empty content into a rename. Renames with edits are a matter of similarity.</summary>
public static class ExactRenames
{
    /// <summary>Gives the changes with renames joined, in the order of their new paths. Linear in the number of changes.</summary>
    public static IReadOnlyList<PathChange> Join(IReadOnlyList<PathChange> changes)
    {
        var gone = new Dictionary<(ContentHash Hash, bool Symlink), List<PathChange>>();
        foreach (var change in changes)
        {
            // Empty files are alike by accident.
            if (change is { Type: ChangeType.Deleted, Old: { SizeBytes: > 0 } old } && old.Kind.HasContent)
            {
                var key = (old.Hash, old.Kind == EntryKind.Symlink);
                (gone.TryGetValue(key, out var list) ? list : gone[key] = []).Add(change);
            }
        }

        if (gone.Count == 0)
        {
            return changes;
        }

        var joined = new List<PathChange>(changes.Count);
        var taken = new HashSet<TreePath>();
        foreach (var change in changes)
        {
            if (change is { Type: ChangeType.Added, New: { } added } && added.Kind.HasContent
                && gone.TryGetValue((added.Hash, added.Kind == EntryKind.Symlink), out var sources)
                && BestSource(sources, change.Path, taken) is { } source)
            {
                taken.Add(source.Path);
                joined.Add(new PathChange(change.Path, ChangeType.Renamed, source.Old, added, source.Path));
            }
            else
            {
                joined.Add(change);
            }
        }

        joined.RemoveAll(change => change.Type == ChangeType.Deleted && taken.Contains(change.Path));
        return joined;
    }

    /// <summary>Prefers a source of the same name, as git does, then the first.</summary>
    private static PathChange? BestSource(List<PathChange> sources, TreePath target, HashSet<TreePath> taken)
    {
        PathChange? first = null;
        foreach (var source in sources)
        {
            if (taken.Contains(source.Path))
            {
                continue;
            }

            if (source.Path.Name == target.Name)
            {
                return source;
            }

            first ??= source;
        }

        return first;
    }
}
