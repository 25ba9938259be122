using System.Globalization;
using System.Text;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Checkout;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;
using W0rktree.Storage.Reflog;

namespace W0rktree.LocalAgent.Undo;

/// <summary>Brings files, lines and branches back to a past state, as one operation with an entry of its own.</summary>
internal sealed class UndoOperation(OpenCopy copy, LineCheckout checkout)
{
    /// <summary>Goes there. What was unsaved must be in the tip. The turn must be held.</summary>
    public async Task<Result<UndoOutcome>> RunAsync(TurnLock.Turn turn, PastState past, SavedWork saved, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        if (BranchInUse(past.Refs) is { } used)
        {
            return used;
        }

        var before = copy.Position;
        var trace = saved.Operation with { FilesBefore = before.Tip, FilesAfter = past.Files, FromBranch = before.Branch, UndoneFrom = past.UndoneFrom };
        var moved = await checkout.MoveAsync(turn, past.Position, transaction => Finish(transaction, past, trace), progress, cancellationToken, past.Files);
        return moved.Map(files => new UndoOutcome(past.What, past.Position, files, saved.Id, copy.Store.Reflog.Head.Sequence));
    }

    private void Finish(StoreTransaction transaction, PastState past, OperationTrace trace)
    {
        var changes = new List<RefChange>();
        foreach (var (name, to) in past.Refs)
        {
            var now = copy.Refs.Get(name);
            if (now != to)
            {
                StoreRefs.Move(transaction, name, now, to);
                changes.Add(new RefChange(name, now?.Hash, to?.Hash));
                MoveAlong(transaction, name, to);
            }
        }

        transaction.Put(StoreRefs.QueueTable, StoreRefs.StageEntry(copy.Identity.CopyId, past.Position.Branch), StoreRefs.ToBytes(past.Position.Tip!.Value));
        LineMoves.Log(transaction, copy, "undo", past.What, changes, trace);
    }

    /// <summary>What stands beside a reference: the time of a deletion, and what sync has to show of a line.</summary>
    private void MoveAlong(StoreTransaction transaction, string name, SnapshotId? to)
    {
        const string deleted = "deleted/";
        var line = $"line/{copy.Identity.CopyId}/";
        if (name.StartsWith(deleted, StringComparison.Ordinal))
        {
            if (to is null)
            {
                transaction.Delete(BranchBook.DeletedTimes, name[deleted.Length..]);
            }
            else
            {
                transaction.Put(BranchBook.DeletedTimes, name[deleted.Length..], Encoding.ASCII.GetBytes(copy.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
            }
        }
        else if (name.StartsWith(line, StringComparison.Ordinal) && BranchName.Parse(name[line.Length..]) is { IsOk: true } branch)
        {
            var entry = StoreRefs.StageEntry(copy.Identity.CopyId, branch.Value);
            if (to is { } tip)
            {
                transaction.Put(StoreRefs.QueueTable, entry, StoreRefs.ToBytes(tip));
            }
            else
            {
                transaction.Delete(StoreRefs.QueueTable, entry);
            }
        }
    }

    private Error? BranchInUse(IReadOnlyDictionary<string, SnapshotId?> moves)
    {
        foreach (var (id, other) in copy.Refs.Copies())
        {
            if (id != copy.Identity.CopyId && moves.TryGetValue($"branch/{other.Branch}", out var to) && to is null)
            {
                return new Error("branch_in_use", $"Going back would take away branch '{other.Branch}', which the working copy '{other.Path}' is on.", "Switch that one to another branch first.");
            }
        }

        return null;
    }
}

/// <summary>What came of an undo.</summary>
/// <param name="What">What was taken back.</param>
/// <param name="Position">Where the copy stands now.</param>
/// <param name="Files">What was written and deleted.</param>
/// <param name="SavedAs">The snapshot that keeps what was unsaved, or null.</param>
/// <param name="Entry">The entry that the undo has itself.</param>
internal sealed record UndoOutcome(string What, CopyPosition Position, CheckoutOutcome Files, SnapshotId? SavedAs, ulong Entry);
