using W0rktree.Core;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TextMerge;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Asks for the changes of one snapshot to be made here, or taken back.</summary>
/// <param name="Target">The snapshot.</param>
/// <param name="Name">What the user called it, for markers and messages.</param>
/// <param name="TakesBack">Whether its changes are taken back.</param>
/// <param name="Parent">Against which parent they are counted, from 1; needed for a merge alone.</param>
/// <param name="Message">The message, or null for a plain one.</param>
internal sealed record CarryRequest(SnapshotId Target, string Name, bool TakesBack, int? Parent, string? Message);

/// <summary>
/// Makes one snapshot's changes on the line, or takes them back, as a new snapshot. Both are merges: what the snapshot changed
/// stands between it and its parent, and the one that is not wanted is the base.
/// </summary>
internal sealed class LineCarry(OpenCopy copy, SnapshotRecorder recorder, LineCheckout checkout)
{
    /// <summary>Carries. Everything unsaved must be in the tip. The turn must be held.</summary>
    public async Task<Result<LineMergeOutcome>> CarryAsync(TurnLock.Turn turn, CarryRequest request, SavedWork saved, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        if (copy.Position.Tip is not { } tip)
        {
            return new Error(ErrorCodes.UnknownRevision, "There is no snapshot yet to work on.", "'wt snapshot' makes the first one.");
        }

        var ours = await copy.Graph.ReadSnapshotAsync(tip, cancellationToken);
        if (ours.HasConflicts)
        {
            return new Error(ErrorCodes.Conflicted, $"The line still holds {ours.Conflicts.Length} conflicts of the last merge.", "'wt resolve' lists them.");
        }

        var target = await copy.Graph.ReadSnapshotAsync(request.Target, cancellationToken);
        var parent = await ParentRootAsync(request, target, cancellationToken);
        if (!parent.IsOk)
        {
            return parent.Error;
        }

        SnapshotObject made;
        await using (var transaction = copy.Store.Begin())
        {
            var merge = new SnapshotMerge(new StoredHistory(copy.Graph), MergeContents.Objects(copy, transaction));
            var (before, theirs) = request.TakesBack ? (target.Root, parent.Value) : (parent.Value, target.Root);
            var labels = request.TakesBack
                ? new MergeLabels(copy.Position.Branch.Text, request.Name, $"before {request.Name}")
                : new MergeLabels(copy.Position.Branch.Text, $"before {request.Name}", request.Name);
            var merged = await merge.MergeRootsAsync(before, ours.Root, theirs, labels, cancellationToken);
            if (!merged.IsOk)
            {
                return merged.Error;
            }

            var conflicts = merged.Value.AllConflicts;
            if (merged.Value.Root == ours.Root && conflicts.IsEmpty)
            {
                return new LineMergeOutcome("up_to_date", tip, 0, [], saved.Id);
            }

            if (!SnapshotObject.CanRecord(conflicts))
            {
                return new Error("too_many_conflicts", $"It has {conflicts.Length} conflicts; more than a snapshot can record. Nothing was changed.");
            }

            made = Compose(request, target, merged.Value, tip);
            await transaction.WriteSnapshotAsync(made, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        var words = request.TakesBack ? ("revert", $"took back {request.Name}") : ("cherry", $"carried over {request.Name}");
        var moved = await new LineAdvance(copy, checkout).MoveToNewAsync(turn, recorder, words, made, saved.Operation, progress, cancellationToken);
        return moved.Map(files => new LineMergeOutcome(made.HasConflicts ? "conflicted" : "merged", made.Id, files, made.Conflicts, saved.Id));
    }

    private SnapshotObject Compose(CarryRequest request, SnapshotObject target, TreeMergeOutcome merged, SnapshotId tip)
    {
        var kind = request.TakesBack ? SnapshotKind.Revert : SnapshotKind.Manual;
        var id = request.Target.ToString()[..12];
        var message = request.Message ?? (request.TakesBack ? $"Revert {id}: {target.Message.Text ?? "(message withheld)"}" : target.Message.Text ?? $"Carry {id} over");
        var made = recorder.Compose(new SnapshotRequest(kind, request.Message, "wt"), merged.Root, [tip], merged.AllConflicts, message);
        return request.TakesBack ? made : made.WithField(SnapshotField.Origin, [.. request.Target.Hash.ToArray()]);
    }

    private async Task<Result<ContentHash>> ParentRootAsync(CarryRequest request, SnapshotObject target, CancellationToken cancellationToken)
    {
        var count = target.Parents.Length;
        if (request.Parent is { } number && (number < 1 || number > Math.Max(1, count)))
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{request.Name}' has {count} parents; there is no parent {number}.", "'wt show' lists its parents.");
        }

        if (count > 1 && request.Parent is null)
        {
            return new Error(ErrorCodes.InvalidArgument, $"'{request.Name}' is a merge of {count} lines; its changes depend on the line they are counted from.", "'--parent 1' counts from the line that was merged into.");
        }

        return count == 0 ? DirectoryObject.Empty.Id : (await copy.Graph.ReadSnapshotAsync(target.Parents[(request.Parent ?? 1) - 1], cancellationToken)).Root;
    }
}
