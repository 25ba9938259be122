using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Brings files and folders back as a snapshot has them. The line stays where it is: what differs shows as changes.</summary>
internal sealed class PathRestore(OpenCopy copy)
{
    /// <summary>Restores. Everything unsaved must be in the tip. The turn must be held.</summary>
    public async Task<Result<RestoreOutcome>> RestoreAsync(
        TurnLock.Turn turn, SnapshotId from, IReadOnlyList<TreePath> paths, SavedWork saved, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var target = (await copy.Graph.ReadSnapshotAsync(from, cancellationToken)).Root;
        foreach (var path in paths)
        {
            if (await copy.Graph.FindAsync(target, path, cancellationToken) is null && copy.Index.Find(path) is null && !path.IsRoot)
            {
                return new Error(ErrorCodes.UnknownPath, $"'{path}' is neither here nor in snapshot {from.ToString()[..12]}.", "'wt show' lists what a snapshot changed.");
            }
        }

        var all = await BaseDiff.CompareAsync(copy.Index, copy.Graph, target, cancellationToken);
        var plan = CheckoutPlan.Of(copy, [.. all.Where(change => paths.Any(change.Path.IsAtOrBelow))]);
        if (!plan.IsOk)
        {
            return plan.Error;
        }

        var files = new FileCheckout(copy);
        var outcome = await files.RunAsync(plan.Value, progress, cancellationToken);
        files.Refresh(plan.Value, cancellationToken);
        copy.PublishPending(changedNow: true);
        copy.DropReplacedSoon();
        var now = await new FilesRecord(copy).RecordAsync(turn, cancellationToken);
        if (!now.IsOk)
        {
            return now.Error;
        }

        await using var transaction = copy.Store.Begin();
        var trace = saved.Operation with { FilesBefore = copy.Position.Tip, FilesAfter = now.Value };
        LineMoves.Log(transaction, copy, "restore", $"{outcome.Written + outcome.Deleted} files from {from.ToString()[..12]}", [], trace);
        await transaction.CommitAsync(cancellationToken);
        return new RestoreOutcome(outcome.Written + outcome.Deleted, saved.Id);
    }
}
