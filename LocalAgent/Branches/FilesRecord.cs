using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Branches;

/// <summary>
/// Records the working directory as it is in a snapshot beside the line, for the reflog alone: an operation that leaves the line
/// where it is can then be taken back to the very files that stood there.
/// </summary>
internal sealed class FilesRecord(OpenCopy copy)
{
    /// <summary>Gives the tip where the directory equals it, else a snapshot beside the line. The turn must be held.</summary>
    public async Task<Result<SnapshotId>> RecordAsync(TurnLock.Turn turn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        if (copy.Position.Tip is not { } tip)
        {
            return new Error("no_snapshot", "There is no snapshot yet.", "'wt snapshot' makes the first one.");
        }

        if (copy.Index.Pending.Count == 0)
        {
            return tip;
        }

        await using var transaction = copy.Store.Begin();
        await new ContentCollector(copy).StoreAsync(transaction, null, cancellationToken);
        var root = await new DirectoryBuilder(transaction).BuildRootAsync(copy.Index, cancellationToken);
        if (!root.IsOk || root.Value == copy.Index.BaseRoot)
        {
            // Committed all the same: the index counts what was read as stored.
            await transaction.CommitAsync(cancellationToken);
            return root.IsOk ? tip : root.Error;
        }

        var request = new SnapshotRequest(SnapshotKind.Auto, null, "the files beside an operation");
        var snapshot = new SnapshotRecorder(copy).Compose(request, root.Value, [tip], [], "The files at an operation that moved no line");
        await transaction.WriteSnapshotAsync(snapshot, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return snapshot.Id;
    }
}

/// <summary>What was unsaved before an operation.</summary>
/// <param name="Operation">The operation's trace, which the saving snapshot shares.</param>
/// <param name="Id">The snapshot that keeps it; null where nothing was unsaved.</param>
internal readonly record struct SavedWork(OperationTrace Operation, SnapshotId? Id);
