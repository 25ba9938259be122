using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.WorkingCopy.Index;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>
/// Lists how another tree differs from the index's base, as <see cref="DirectoryDiff"/> would. The base is in memory, so only the
/// other tree's directories are read, those that differ, and those of the root side by side. The turn must be held.
/// </summary>
internal static class BaseDiff
{
    /// <summary>Lists the changed paths from the base to a root, in their order.</summary>
    public static async Task<IReadOnlyList<PathChange>> CompareAsync(WorkingIndex index, ObjectGraph graph, ContentHash target, CancellationToken cancellationToken)
    {
        if (index.BaseRoot == target)
        {
            return [];
        }

        var changes = new List<PathChange>();
        var below = new List<Pair>();
        await CompareAsync(graph, new Pair(index.Root, TreePath.Root, target), changes, below, cancellationToken);
        await Parallel.ForEachAsync(below, cancellationToken, async (pair, token) =>
        {
            var found = new List<PathChange>();
            await DescendAsync(graph, pair, found, token);
            lock (changes)
            {
                changes.AddRange(found);
            }
        });
        changes.Sort(static (a, b) => a.Path.CompareTo(b.Path));
        return changes;
    }

    private static async ValueTask DescendAsync(ObjectGraph graph, Pair pair, List<PathChange> changes, CancellationToken cancellationToken)
    {
        var below = new List<Pair>();
        await CompareAsync(graph, pair, changes, below, cancellationToken);
        foreach (var next in below)
        {
            await DescendAsync(graph, next, changes, cancellationToken);
        }
    }

    /// <summary>Compares one directory; gives those below it that differ.</summary>
    private static async ValueTask CompareAsync(ObjectGraph graph, Pair pair, List<PathChange> changes, List<Pair> below, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var after = pair.Target is { } target ? await graph.ReadDirectoryAsync(target, cancellationToken) : DirectoryObject.Empty;
        foreach (var right in after.Entries)
        {
            Add(pair, pair.Node?.Child(right.Name), right, changes, below);
        }

        foreach (var child in pair.Node?.Children?.Values ?? Enumerable.Empty<IndexNode>())
        {
            if (child.Base is not null && after.Find(child.Name) is null)
            {
                Add(pair, child, null, changes, below);
            }
        }
    }

    private static void Add(Pair pair, IndexNode? child, DirectoryEntry? right, List<PathChange> changes, List<Pair> below)
    {
        var left = child?.Base;
        if (left is not null && right is not null && left.SameTarget(right))
        {
            return;
        }

        var path = pair.Path.Append((right ?? left)!.Name);
        var wasDirectory = left is { Kind: EntryKind.Directory };
        var isDirectory = right is { Kind: EntryKind.Directory };
        if (DirectoryDiff.OwnChange(path, wasDirectory ? null : left, isDirectory ? null : right) is { } change)
        {
            changes.Add(change);
        }

        if (wasDirectory || isDirectory)
        {
            below.Add(new Pair(wasDirectory ? child : null, path, isDirectory ? right!.Hash : null));
        }
    }

    /// <summary>A directory of the base and one of the other tree; null where that side has none.</summary>
    private readonly record struct Pair(IndexNode? Node, TreePath Path, ContentHash? Target);
}
