using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Finds the tree against which two histories are merged: the nearest common ancestor, or after criss-cross merges the merge of all of them.</summary>
internal sealed class MergeBase(OpenCopy copy)
{
    /// <summary>Criss-cross merges of criss-cross merges: deeper than any history that people make.</summary>
    private const int MaxDepth = 16;

    /// <summary>Gives the root of the base, or null where the histories have nothing in common.</summary>
    public Task<Result<BaseRoot>> FindAsync(SnapshotId ours, SnapshotId theirs, CancellationToken cancellationToken) =>
        FindAsync(ours, theirs, MaxDepth, cancellationToken);

    private async Task<Result<BaseRoot>> FindAsync(SnapshotId ours, SnapshotId theirs, int depth, CancellationToken cancellationToken)
    {
        var bases = await Ancestry.MergeBasesAsync(copy.Graph, ours, theirs, cancellationToken);
        if (bases.IsEmpty)
        {
            return new BaseRoot(null);
        }

        var root = (await copy.Graph.ReadSnapshotAsync(bases[0], cancellationToken)).Root;
        foreach (var next in depth > 0 ? bases[1..] : [])
        {
            var below = await FindAsync(bases[0], next, depth - 1, cancellationToken);
            if (!below.IsOk)
            {
                return below.Error;
            }

            // The virtual ancestor's objects have to be readable for the merge above; without a reference they are garbage later.
            var other = (await copy.Graph.ReadSnapshotAsync(next, cancellationToken)).Root;
            await using var transaction = copy.Store.Begin();
            var merged = await new TreeMerger(copy.Graph, transaction, copy.Store, MergeLabels.Default).MergeAsync(below.Value.Root, root, other, cancellationToken);
            if (!merged.IsOk)
            {
                return merged.Error;
            }

            await transaction.CommitAsync(cancellationToken);
            root = merged.Value.Root;
        }

        return new BaseRoot(root);
    }
}

/// <summary>The root directory of a merge's base; null for none.</summary>
internal readonly record struct BaseRoot(ContentHash? Root);
