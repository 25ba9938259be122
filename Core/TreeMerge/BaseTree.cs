using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Finds the tree against which two lines of history are merged: that of the nearest common ancestor. After criss-cross merges
/// there are several, none better than the others: they are merged with each other, conflicts and all, oldest first.
/// </summary>
public sealed class BaseTree(IHistory history, IMergeObjects objects)
{
    /// <summary>Criss-cross merges of criss-cross merges: deeper than any history that people make.</summary>
    private const int MaxDepth = 64;

    /// <summary>Gives the root of the base, or null where the histories have nothing in common.</summary>
    public async ValueTask<Result<BaseRoot>> FindAsync(SnapshotId ours, SnapshotId theirs, CancellationToken cancellationToken) =>
        await FindAsync([ours], theirs, MaxDepth, cancellationToken);

    private async ValueTask<Result<BaseRoot>> FindAsync(IReadOnlyList<SnapshotId> ours, SnapshotId theirs, int depth, CancellationToken cancellationToken)
    {
        var bases = await new NearestAncestors(history).FindAsync(ours, theirs, cancellationToken);
        if (bases.Count == 0)
        {
            return new BaseRoot(null, 0);
        }

        var root = await RootAsync(bases[0], cancellationToken);
        for (var next = 1; next < bases.Count && depth > 0; next++)
        {
            // What was merged so far is a state in memory with these parents.
            var below = await FindAsync([.. bases.Take(next)], bases[next], depth - 1, cancellationToken);
            if (!below.IsOk)
            {
                return below.Error;
            }

            var other = await RootAsync(bases[next], cancellationToken);
            var merged = await new TreeMerger(objects, MergeLabels.Default, isVirtual: true).MergeAsync(below.Value.Root, root, other, cancellationToken);
            if (!merged.IsOk)
            {
                return merged.Error;
            }

            root = merged.Value.Root;
        }

        return new BaseRoot(root, bases.Count);
    }

    private async ValueTask<ContentHash> RootAsync(SnapshotId id, CancellationToken cancellationToken) =>
        (await history.FindAsync(id, cancellationToken) ?? throw new Objects.MissingObjectException(id.Hash, "history")).Root;
}

/// <summary>Names the root directory of a merge's base.</summary>
/// <param name="Root">The root; null where the histories have nothing in common.</param>
/// <param name="Ancestors">How many nearest common ancestors were joined in it.</param>
public readonly record struct BaseRoot(ContentHash? Root, int Ancestors);
