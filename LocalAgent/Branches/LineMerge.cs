using System.Collections.Immutable;
using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeDiff;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.History;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Joins another line of history into this one. A conflict is no failure: it is recorded in the merge snapshot.</summary>
internal sealed class LineMerge(OpenCopy copy, SnapshotRecorder recorder, LineCheckout checkout)
{
    /// <summary>Merges. Everything unsaved must be in the tip. The turn must be held.</summary>
    public async Task<Result<LineMergeOutcome>> MergeAsync(TurnLock.Turn turn, SnapshotId theirs, MergeWords words, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        if (copy.Position.Tip is not { } ours)
        {
            return new Error(ErrorCodes.UnknownRevision, "There is no snapshot yet to merge into.", "'wt snapshot' makes the first one.");
        }

        if (await StoreHistory.Of(copy.Store).IsAncestorAsync(theirs, ours, cancellationToken))
        {
            return new LineMergeOutcome("up_to_date", ours, 0, [], words.SavedAs);
        }

        var tip = await copy.Graph.ReadSnapshotAsync(ours, cancellationToken);
        if (tip.HasConflicts)
        {
            return new Error(ErrorCodes.Conflicted, $"The line still holds {tip.Conflicts.Length} conflicts of the last merge.", "Edit the files that 'wt status' names, then 'wt snapshot'.");
        }

        if (await StoreHistory.Of(copy.Store).IsAncestorAsync(ours, theirs, cancellationToken))
        {
            return await FastForwardAsync(turn, ours, theirs, words, progress, cancellationToken);
        }

        progress?.Report(new ProgressInfo("merging", 0, null, "files"));
        return await JoinAsync(turn, (ours, tip), theirs, words, progress, cancellationToken);
    }

    private async Task<Result<LineMergeOutcome>> FastForwardAsync(TurnLock.Turn turn, SnapshotId ours, SnapshotId theirs, MergeWords words, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var conflicts = (await copy.Graph.ReadSnapshotAsync(theirs, cancellationToken)).Conflicts;
        var moved = await new LineAdvance(copy, checkout).MoveAsync(turn, new LineStep("fast-forward", $"merged {words.Label}", ours, theirs, null, words.Operation), progress, cancellationToken);
        return moved.Map(files => new LineMergeOutcome("fast_forward", theirs, files, conflicts, words.SavedAs));
    }

    private async Task<Result<LineMergeOutcome>> JoinAsync(
        TurnLock.Turn turn, (SnapshotId Id, SnapshotObject Snapshot) ours, SnapshotId theirs, MergeWords words, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        var other = await copy.Graph.ReadSnapshotAsync(theirs, cancellationToken);
        SnapshotObject snapshot;
        ImmutableArray<Conflict> conflicts;
        await using (var transaction = copy.Store.Begin())
        {
            var labels = new MergeLabels(copy.Position.Branch.Text, "base", words.Label);
            var history = new IndexedHistory(await StoreHistory.Of(copy.Store).CurrentAsync(cancellationToken), new StoredHistory(copy.Graph));
            var merged = await new SnapshotMerge(history, MergeContents.Objects(copy, transaction)).MergeAsync(ours.Id, theirs, labels, cancellationToken);
            if (!merged.IsOk)
            {
                return merged.Error;
            }

            conflicts = [.. merged.Value.AllConflicts.Concat(other.Conflicts).DistinctBy(conflict => (conflict.Path, conflict.Kind))];
            if (!conflicts.IsEmpty && !SnapshotObject.CanRecord(conflicts))
            {
                return new Error("too_many_conflicts", $"The merge has {conflicts.Length} conflicts; more than a snapshot can record. Nothing was changed.", "Merge in smaller steps.");
            }

            var request = new SnapshotRequest(SnapshotKind.Merge, words.Message, $"merged {words.Label}");
            snapshot = recorder.Compose(request, merged.Value.Root, [ours.Id, theirs], conflicts, words.Message ?? $"Merge {words.Label} into {copy.Position.Branch}");
            await transaction.WriteSnapshotAsync(snapshot, cancellationToken);

            // Committed before the line moves, because the checkout reads it from the store.
            await transaction.CommitAsync(cancellationToken);
        }

        var changes = await DirectoryDiff.CompareAsync(copy.Graph, ours.Snapshot.Root, snapshot.Root, cancellationToken);
        var step = new LineStep("merge", $"merged {words.Label}", ours.Id, snapshot.Id, ChangeSummary.Of(changes, copy.Config.Current.Classifier), words.Operation);
        var moved = await new LineAdvance(copy, checkout).MoveAsync(turn, step, progress, cancellationToken);
        if (!moved.IsOk)
        {
            return moved.Error;
        }

        recorder.Announce(new NewSnapshot(copy.Identity.CopyId, copy.Identity.TreeId, copy.Position.Branch, snapshot.Id, snapshot, changes));
        return new LineMergeOutcome(conflicts.IsEmpty ? "merged" : "conflicted", snapshot.Id, moved.Value, conflicts, words.SavedAs);
    }
}

/// <summary>What a merge says of itself.</summary>
/// <param name="Label">The other side's name in markers and messages.</param>
/// <param name="Message">The message, or null for a plain one.</param>
/// <param name="SavedAs">The snapshot that was made first, or null.</param>
/// <param name="Operation">The operation that the merge is part of.</param>
internal sealed record MergeWords(string Label, string? Message, SnapshotId? SavedAs, OperationTrace Operation);

/// <summary>What came of a merge.</summary>
/// <param name="Outcome"><c>up_to_date</c>, <c>fast_forward</c>, <c>merged</c> or <c>conflicted</c>.</param>
/// <param name="Tip">The line's tip afterwards.</param>
/// <param name="FilesChanged">Files written or deleted.</param>
/// <param name="Conflicts">What a person has to answer.</param>
/// <param name="SavedAs">The snapshot that was made first, or null.</param>
internal sealed record LineMergeOutcome(string Outcome, SnapshotId Tip, int FilesChanged, ImmutableArray<Conflict> Conflicts, SnapshotId? SavedAs);
