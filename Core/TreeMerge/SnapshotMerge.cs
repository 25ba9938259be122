using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>Merges two snapshots: finds the base, merges the trees, and lets the result prove itself before anybody sees it.</summary>
public sealed class SnapshotMerge(IHistory history, IMergeObjects objects)
{
    /// <summary>The code of the refusal when a result does not prove itself.</summary>
    public const string DefectCode = "merge_defect";

    /// <summary>Merges. Nothing but objects is written.</summary>
    public async ValueTask<Result<TreeMergeOutcome>> MergeAsync(SnapshotId ours, SnapshotId theirs, MergeLabels labels, CancellationToken cancellationToken)
    {
        var found = await new BaseTree(history, objects).FindAsync(ours, theirs, cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        return await MergeAgainstAsync(found.Value.Root, ours, theirs, labels, cancellationToken);
    }

    /// <summary>Merges against a base that the caller chose.</summary>
    public async ValueTask<Result<TreeMergeOutcome>> MergeAgainstAsync(ContentHash? baseRoot, SnapshotId ours, SnapshotId theirs, MergeLabels labels, CancellationToken cancellationToken)
    {
        return await MergeRootsAsync(baseRoot, await RootAsync(ours, cancellationToken), await RootAsync(theirs, cancellationToken), labels, cancellationToken);
    }

    /// <summary>Merges trees, whatever snapshots they belong to.</summary>
    public async ValueTask<Result<TreeMergeOutcome>> MergeRootsAsync(ContentHash? baseRoot, ContentHash ourRoot, ContentHash theirRoot, MergeLabels labels, CancellationToken cancellationToken)
    {
        var merged = await new TreeMerger(objects, labels).MergeAsync(baseRoot, ourRoot, theirRoot, cancellationToken);
        if (!merged.IsOk)
        {
            return merged.Error;
        }

        var defects = await MergeProof.CheckAsync(objects, baseRoot, ourRoot, theirRoot, merged.Value, cancellationToken);
        return defects.Count == 0
            ? merged
            : new Error(DefectCode, $"The merge came to a result that it cannot explain, at {defects[0]}. Nothing was changed.", "This is a defect of W0rktree. Please report it with the two snapshots' ids.");
    }

    private async ValueTask<ContentHash> RootAsync(SnapshotId id, CancellationToken cancellationToken) =>
        (await history.FindAsync(id, cancellationToken) ?? throw new Objects.MissingObjectException(id.Hash, "history")).Root;
}
