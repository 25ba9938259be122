using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Branches;

/// <summary>One move of a line to a snapshot that is in the store.</summary>
/// <param name="Operation">How the reflog calls it.</param>
/// <param name="Cause">What led to it, for the reflog.</param>
/// <param name="From">The tip before.</param>
/// <param name="To">The tip afterwards.</param>
/// <param name="Summary">What the snapshot changed, where it was made here.</param>
/// <param name="Trace">Joins it with the snapshot that saved what was unsaved.</param>
internal sealed record LineStep(string Operation, string Cause, SnapshotId From, SnapshotId To, ChangeSummary? Summary, OperationTrace Trace);

/// <summary>Lets the line and the files go on to a snapshot that was made in the store and not from the files: a merge, an answer, a revert.</summary>
internal sealed class LineAdvance(OpenCopy copy, LineCheckout checkout)
{
    /// <summary>Moves and gives the number of files written or deleted. Everything unsaved must be in the tip. The turn must be held.</summary>
    public async Task<Result<int>> MoveAsync(TurnLock.Turn turn, LineStep step, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var branch = copy.Position.Branch;
        var moved = await checkout.MoveAsync(turn, new CopyPosition(branch, step.To), transaction =>
        {
            if (step.Summary is not null)
            {
                transaction.Put(StoreRefs.SummariesTable, step.To.ToString(), step.Summary.ToJson());
            }

            var line = StoreRefs.Line(copy.Identity.CopyId, branch);
            var trace = step.Trace with { FilesBefore = step.From, FilesAfter = step.To };
            LineMoves.Log(transaction, copy, step.Operation, step.Cause, [new RefChange(line, copy.Refs.Get(line)?.Hash, step.To.Hash)], trace);
            LineMoves.Set(transaction, copy, branch, step.To);
        }, progress, cancellationToken);
        return moved.Map(files => files.Written + files.Deleted);
    }

    /// <summary>Moves to a snapshot that was just made on the tip, and tells the team.</summary>
    public async Task<Result<int>> MoveToNewAsync(
        TurnLock.Turn turn, SnapshotRecorder recorder, (string Operation, string Cause) words, SnapshotObject made, OperationTrace trace, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var from = made.Parents[0];
        var before = await copy.Graph.ReadSnapshotAsync(from, cancellationToken);
        var changes = await DirectoryDiff.CompareAsync(copy.Graph, before.Root, made.Root, cancellationToken);
        var moved = await MoveAsync(turn, new LineStep(words.Operation, words.Cause, from, made.Id, ChangeSummary.Of(changes, copy.Config.Current.Classifier), trace), progress, cancellationToken);
        if (moved.IsOk)
        {
            recorder.Announce(new NewSnapshot(copy.Identity.CopyId, copy.Identity.TreeId, copy.Position.Branch, made.Id, made, changes));
        }

        return moved;
    }
}
