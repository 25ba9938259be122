using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Undo;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Reflog;

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

        if (!copy.Config.Current.SnapshotOnSwitch && copy.Index.Pending.Count > 0 && branch != copy.Position.Branch)
        {
            return new Error("unsaved_changes", "There are changes that no snapshot has, and worker.snapshot.on_branch_switch is off.", "Keep them first: wt snapshot");
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
            transaction => LineMoves.Log(
                transaction, copy, "switch", $"from {before.Branch} to {branch}", [new RefChange($"copy/{copy.Identity.Copy}", before.Tip?.Hash, target.Value.Hash)],
                saved.Value.Operation with { FilesBefore = before.Tip, FilesAfter = target.Value, FromBranch = before.Branch }),
            progress,
            cancellationToken);
        return moved.Map(outcome => new SwitchOutcome(branch, target.Value, outcome, saved.Value.Id));
    }

    /// <summary>Brings the files of any snapshot in, on a line that is moved there without the team hearing of it; what is unsaved is snapshotted first.</summary>
    /// <param name="branch">The line's branch.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="operation">How the reflog calls it.</param>
    /// <param name="cause">What led to it, for the reflog.</param>
    /// <param name="progress">Hears of each few files.</param>
    /// <param name="cancellationToken">Cancels up to the first file.</param>
    public async Task<Result<SwitchOutcome>> StandAtAsync(
        BranchName branch, SnapshotId snapshot, string operation, string cause, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var saved = await SaveAsync(turn, SnapshotKind.Switch, $"before {cause}", progress, cancellationToken);
        if (!saved.IsOk)
        {
            return saved.Error;
        }

        var before = copy.Position;
        var line = StoreRefs.Line(copy.Identity.CopyId, branch);
        var moved = await _checkout.MoveAsync(
            turn,
            new CopyPosition(branch, snapshot),
            transaction =>
            {
                var stood = copy.Refs.Get(line);
                StoreRefs.Move(transaction, line, stood, snapshot);
                LineMoves.Log(
                    transaction, copy, operation, cause, [new RefChange(line, stood?.Hash, snapshot.Hash)],
                    saved.Value.Operation with { FilesBefore = before.Tip, FilesAfter = snapshot, FromBranch = before.Branch });
            },
            progress,
            cancellationToken);
        return moved.Map(outcome => new SwitchOutcome(branch, snapshot, outcome, saved.Value.Id));
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
            ? await new LineMerge(copy, recorder, _checkout).MergeAsync(turn, theirs, new MergeWords(label, message, saved.Value.Id, saved.Value.Operation), progress, cancellationToken)
            : saved.Error;
    }

    /// <summary>Answers recorded conflicts in a new snapshot; what is unsaved is snapshotted first.</summary>
    public async Task<Result<ResolveOutcome>> ResolveAsync(ResolveRequest request, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var before = copy.Position.Tip is { } tip ? (await copy.Graph.ReadSnapshotAsync(tip, cancellationToken)).Conflicts : [];
        var saved = await SaveAsync(turn, SnapshotKind.Auto, "before resolving conflicts", progress, cancellationToken);
        return saved.IsOk
            ? await new LineResolve(copy, recorder, _checkout).ResolveAsync(turn, request, before, saved.Value, progress, cancellationToken)
            : saved.Error;
    }

    /// <summary>Makes the changes of one snapshot on the line, or takes them back; what is unsaved is snapshotted first.</summary>
    public async Task<Result<LineMergeOutcome>> CarryAsync(CarryRequest request, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var saved = await SaveAsync(turn, SnapshotKind.Auto, $"before {(request.TakesBack ? "reverting" : "carrying over")} {request.Name}", progress, cancellationToken);
        return saved.IsOk ? await new LineCarry(copy, recorder, _checkout).CarryAsync(turn, request, saved.Value, progress, cancellationToken) : saved.Error;
    }

    /// <summary>Brings paths back from a snapshot without moving the line; what is unsaved is snapshotted first.</summary>
    public async Task<Result<RestoreOutcome>> RestoreAsync(SnapshotId from, IReadOnlyList<Core.Paths.TreePath> paths, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var saved = await SaveAsync(turn, SnapshotKind.Auto, "before restoring", progress, cancellationToken);
        return saved.IsOk ? await new PathRestore(copy).RestoreAsync(turn, from, paths, saved.Value, progress, cancellationToken) : saved.Error;
    }

    /// <summary>Goes back to what files, lines and branches were before the last operation, or after a chosen one; what is unsaved is snapshotted first.</summary>
    public async Task<Result<UndoOutcome>> UndoAsync(ulong? to, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        await copy.CatchUpAsync(cancellationToken);
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var states = new ReflogStates(copy);
        var upTo = copy.Store.Reflog.Head.Sequence;
        if (states.Find(to, upTo) is { IsOk: false } refused)
        {
            return refused.Error;
        }

        var saved = await SaveAsync(turn, SnapshotKind.Auto, "before undoing", progress, cancellationToken);
        if (!saved.IsOk)
        {
            return saved.Error;
        }

        // Asked again: the saving snapshot has moved the line, which has to go back with the rest.
        var past = states.Find(to, upTo);
        return past.IsOk ? await new UndoOperation(copy, _checkout).RunAsync(turn, past.Value, saved.Value, progress, cancellationToken) : past.Error;
    }

    private async Task<Result<SavedWork>> SaveAsync(TurnLock.Turn turn, SnapshotKind kind, string cause, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var operation = OperationTrace.Begin(copy.Entropy);
        if (copy.Index.Pending.Count == 0 && copy.Position.Tip is not null)
        {
            return new SavedWork(operation, null);
        }

        var recorded = await recorder.RecordAsync(turn, new SnapshotRequest(kind, null, cause) { Operation = operation }, progress, cancellationToken);
        return recorded.Map(outcome => new SavedWork(operation, outcome.Snapshot?.Id));
    }
}

/// <summary>What came of a switch.</summary>
internal sealed record SwitchOutcome(BranchName Branch, SnapshotId Tip, CheckoutOutcome Files, SnapshotId? SavedAs);

/// <summary>What came of a restore.</summary>
internal sealed record RestoreOutcome(int Files, SnapshotId? SavedAs);
