using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Branches;

/// <summary>
/// Brings files, line and branch to another snapshot as one operation that survives a crash: what is under way is written
/// down first, so that the next start can finish it, and the line moves when the files are there.
/// </summary>
internal sealed class LineCheckout(OpenCopy copy)
{
    /// <summary>Moves to a snapshot on a branch. What is unsaved must have been snapshotted. The turn must be held.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="target">The snapshot and branch to be at afterwards.</param>
    /// <param name="finish">Adds to the transaction that makes the move count: line and reflog.</param>
    /// <param name="progress">Hears of each few files.</param>
    /// <param name="cancellationToken">Cancels up to the first file; from there on the move is finished.</param>
    /// <param name="files">The snapshot whose files are to stand in the directory, where that is not the tip: what differs shows as changes.</param>
    public async Task<Result<CheckoutOutcome>> MoveAsync(
        TurnLock.Turn turn, CopyPosition target, Action<StoreTransaction> finish, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken, SnapshotId? files = null)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var to = (await copy.Graph.ReadSnapshotAsync(files ?? target.Tip!.Value, cancellationToken)).Root;
        var graph = copy.Graph.Remembering();
        var plan = await CheckoutPlan.MakeAsync(copy, graph, to, cancellationToken);
        if (!plan.IsOk)
        {
            return plan.Error;
        }

        await using (var transaction = copy.Store.Begin())
        {
            var moving = new MovingRecord(to.ToString(), target.Branch.Text, target.Tip!.Value.ToString(), copy.Index.BaseRoot?.ToString());
            StoreRefs.SetCopy(transaction, copy.Identity.CopyId, new CopyRecord(copy.Root, copy.Position.Branch.Text, moving));
            await transaction.CommitAsync(cancellationToken);
        }

        // From here on there is no way back but forward: half-written files belong to neither state.
        return await FinishAsync(plan.Value, graph, target, finish, progress, isFirst: false);
    }

    /// <summary>Finishes the move that a crash interrupted, if there was one. The index must be scanned against the old base.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="operation">How the reflog calls it.</param>
    /// <param name="cause">What led to it, for the reflog.</param>
    /// <param name="cancellationToken">Cancels up to the first file.</param>
    /// <param name="siblings">What other copies have; null for nothing.</param>
    public async Task<bool> ResumeAsync(TurnLock.Turn turn, string operation, string cause, CancellationToken cancellationToken, SiblingFiles? siblings = null)
    {
        ArgumentNullException.ThrowIfNull(turn);
        if (copy.Refs.Copy(copy.Identity.CopyId)?.Moving is not { } moving || BranchName.Parse(moving.Branch) is not { IsOk: true } branch
            || !SnapshotId.TryParse(moving.Line, out var tip))
        {
            return false;
        }

        var to = ContentHash.Parse(moving.To);
        var plan = await CheckoutPlan.UnfinishedAsync(copy, to, moving.From is null, cancellationToken);
        await FinishAsync(plan, copy.Graph, new CopyPosition(branch.Value, tip), transaction =>
        {
            var line = StoreRefs.Line(copy.Identity.CopyId, branch.Value);
            LineMoves.Log(transaction, copy, operation, cause, line, copy.Refs.Get(line), tip);
            LineMoves.Set(transaction, copy, branch.Value, tip);
        }, null, moving.From is null, siblings);
        return true;
    }

    private async Task<CheckoutOutcome> FinishAsync(CheckoutPlan plan, ObjectGraph graph, CopyPosition target, Action<StoreTransaction> finish, IProgress<ProgressInfo>? progress, bool isFirst, SiblingFiles? siblings = null)
    {
        var files = new FileCheckout(copy, isFirst, siblings);
        var outcome = await files.RunAsync(plan, progress, CancellationToken.None);
        await using (var transaction = copy.Store.Begin())
        {
            finish(transaction);
            StoreRefs.SetCopy(transaction, copy.Identity.CopyId, new CopyRecord(copy.Root, target.Branch.Text));
            await transaction.CommitAsync(CancellationToken.None);
        }

        var tip = await graph.ReadSnapshotAsync(target.Tip!.Value, CancellationToken.None);
        await copy.Index.RebaseAsync(graph, tip.Root, CancellationToken.None);
        files.Refresh(plan, CancellationToken.None);
        copy.Position = target;
        copy.PublishPending(changedNow: false);
        copy.DropReplacedSoon();
        return outcome;
    }
}
