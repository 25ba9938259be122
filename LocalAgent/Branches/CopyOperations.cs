using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Branches;

/// <summary>What a user can do to the line of one working copy. Every operation takes the turn to itself.</summary>
internal sealed class CopyOperations(OpenCopy copy, SnapshotRecorder recorder)
{
    private readonly LineCheckout _checkout = new(copy);

    /// <summary>Records the working directory as it is now; everything that was written before the call is in it.</summary>
    public async Task<Result<SnapshotOutcome>> SnapshotAsync(SnapshotRequest request, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        return await recorder.RecordAsync(turn, request, progress, cancellationToken);
    }

    /// <summary>Switches to a branch; what is unsaved is snapshotted on the old one first.</summary>
    public async Task<Result<SwitchOutcome>> SwitchAsync(BranchName branch, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var target = new Revisions(copy).ResolveBranch(branch.Text);
        if (!target.IsOk)
        {
            return target.Error;
        }

        var saved = await SaveAsync(turn, SnapshotKind.Switch, $"before switching to {branch}", progress, cancellationToken);
        if (!saved.IsOk)
        {
            return saved.Error;
        }

        var before = copy.Position;
        if (before.Branch == branch)
        {
            return new SwitchOutcome(branch, copy.Position.Tip!.Value, new CheckoutOutcome(0, 0, []), saved.Value.Id);
        }

        var moved = await _checkout.MoveAsync(
            turn,
            new CopyPosition(branch, target.Value),
            transaction => LineMoves.Log(transaction, copy, "switch", $"from {before.Branch} to {branch}", $"copy/{copy.Identity.Copy}", before.Tip, target.Value),
            progress,
            cancellationToken);
        return moved.Map(outcome => new SwitchOutcome(branch, target.Value, outcome, saved.Value.Id));
    }

    /// <summary>Merges a snapshot into the line; what is unsaved is snapshotted first. Also what a pull does with the server's branch.</summary>
    /// <param name="theirs">The snapshot to merge.</param>
    /// <param name="label">Its name in markers and in the message.</param>
    /// <param name="message">The merge's message; null for a plain one.</param>
    /// <param name="progress">Hears of each few files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Result<LineMergeOutcome>> MergeAsync(SnapshotId theirs, string label, string? message, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var saved = await SaveAsync(turn, SnapshotKind.Auto, $"before merging {label}", progress, cancellationToken);
        return saved.IsOk
            ? await new LineMerge(copy, recorder, _checkout).MergeAsync(turn, theirs, new MergeWords(label, message, saved.Value.Id), progress, cancellationToken)
            : saved.Error;
    }

    /// <summary>Brings paths back from a snapshot without moving the line; what is unsaved is snapshotted first.</summary>
    public async Task<Result<RestoreOutcome>> RestoreAsync(SnapshotId from, IReadOnlyList<Core.Paths.TreePath> paths, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var saved = await SaveAsync(turn, SnapshotKind.Auto, "before restoring", progress, cancellationToken);
        return saved.IsOk ? await new PathRestore(copy).RestoreAsync(turn, from, paths, saved.Value.Id, progress, cancellationToken) : saved.Error;
    }

    private async Task<Result<SavedWork>> SaveAsync(TurnLock.Turn turn, SnapshotKind kind, string cause, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        if (copy.Index.Pending.Count == 0 && copy.Position.Tip is not null)
        {
            return new SavedWork(null);
        }

        var recorded = await recorder.RecordAsync(turn, new SnapshotRequest(kind, null, cause), progress, cancellationToken);
        return recorded.Map(outcome => new SavedWork(outcome.Snapshot?.Id));
    }

    /// <summary>The snapshot that keeps what was unsaved; null where nothing was.</summary>
    private readonly record struct SavedWork(SnapshotId? Id);
}

/// <summary>What came of a switch.</summary>
internal sealed record SwitchOutcome(BranchName Branch, SnapshotId Tip, CheckoutOutcome Files, SnapshotId? SavedAs);

/// <summary>What came of a restore.</summary>
internal sealed record RestoreOutcome(int Files, SnapshotId? SavedAs);
