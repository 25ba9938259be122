using System.Collections.Immutable;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>
/// Records the working directory as a snapshot on the copy's line: reads what changed, writes the directories above it and
/// the snapshot, moves the line. One transaction: after a crash all of it is there, or nothing.
/// </summary>
internal sealed class SnapshotRecorder(OpenCopy copy)
{
    /// <summary>Raised after a snapshot is durable and the line stands on it.</summary>
    public event Action<NewSnapshot>? Recorded;

    /// <summary>Records a snapshot. The turn must be held.</summary>
    public async Task<Result<SnapshotOutcome>> RecordAsync(TurnLock.Turn turn, SnapshotRequest request, IProgress<ProgressInfo>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        if (!copy.Files.IsRootInPlace)
        {
            return new Error("worktree_gone", $"'{copy.Root}' was moved or deleted.", "Move it back, or run 'wt status' in its new place.");
        }

        using var transaction = copy.Store.Begin();
        var leftOut = await new ContentCollector(copy, request.SettleFor).StoreAsync(transaction, progress, cancellationToken);
        var builder = new DirectoryBuilder(transaction);
        var listing = ListAsync(leftOut);
        Result<ContentHash> root;
        List<PathChange> changes;
        ChangeSummary summary;
        try
        {
            root = await builder.BuildRootAsync(copy.Index, cancellationToken);
        }
        finally
        {
            // Before the turn may end: it reads the index.
            (changes, summary) = await listing;
        }

        if (!root.IsOk)
        {
            return root.Error;
        }

        var tip = copy.Position.Tip;
        var before = tip is { } id ? await copy.Graph.ReadSnapshotAsync(id, cancellationToken) : null;
        var conflicts = before is null ? [] : new ConflictAnswers(copy).Remaining(before, request.AnswersConflicts);
        var isAnswer = before is { HasConflicts: true } && conflicts.Length < before.Conflicts.Length && request.Kind == SnapshotKind.Manual;
        if (before is not null && before.Root == root.Value && !request.EvenIfUnchanged && !isAnswer)
        {
            copy.Index.Advance(root.Value, builder.Built);
            copy.PublishPending(changedNow: false);
            return new SnapshotOutcome(null, [], leftOut);
        }

        var snapshot = Compose(request, root.Value, tip is { } parent ? [parent] : [], conflicts, request.Message ?? summary.ToMessage());
        // A disk may take its time with what many large files are.
        using var waiting = progress is null ? null : new Heartbeat(progress, copy.Time, new ProgressInfo("writing to disk", 0, null, "snapshots"));
        var recorded = await CommitAsync(transaction, snapshot, summary, request, cancellationToken);
        if (!recorded.IsOk)
        {
            return recorded.Error;
        }

        copy.Index.Advance(root.Value, builder.Built);
        copy.Position = copy.Position with { Tip = recorded.Value.Id };
        copy.PublishPending(changedNow: false);
        Recorded?.Invoke(new NewSnapshot(copy.Identity.CopyId, copy.Identity.TreeId, copy.Position.Branch, recorded.Value.Id, snapshot, changes));
        return new SnapshotOutcome(recorded.Value, changes, leftOut);
    }

    /// <summary>Composes a snapshot of this copy's tree, made now.</summary>
    public SnapshotObject Compose(SnapshotRequest request, ContentHash root, ImmutableArray<SnapshotId> parents, ImmutableArray<Conflict> conflicts, string message)
    {
        var author = Authorship.AuthorOf(copy.Config.Current);
        var now = TimeZoneInfo.ConvertTime(copy.Time.GetUtcNow(), copy.Time.LocalTimeZone);
        return new SnapshotObject
        {
            Root = root,
            Parents = parents,
            Tree = copy.Identity.TreeId,
            Time = SnapshotTime.From(now),
            Kind = request.Kind,
            Author = Authorship.Seal(author, copy.Entropy),
            Recorder = Authorship.Seal(author, copy.Entropy),
            Message = Authorship.Seal(message, copy.Entropy),
        }.WithConflicts(conflicts);
    }

    /// <summary>Tells others of a tip that was made elsewhere, as by a merge.</summary>
    public void Announce(NewSnapshot snapshot) => Recorded?.Invoke(snapshot);

    private async Task<Result<RecordedSnapshot>> CommitAsync(StoreTransaction transaction, SnapshotObject snapshot, ChangeSummary summary, SnapshotRequest request, CancellationToken cancellationToken)
    {
        var (branch, tip) = copy.Position;
        var id = await transaction.WriteSnapshotAsync(snapshot, cancellationToken);
        var moves = LineMoves.Extend(transaction, copy, branch, tip, id, summary);
        var trace = (request.Operation ?? OperationTrace.Begin(copy.Entropy)) with { FilesBefore = request.IsAsked ? id : null, FilesAfter = id };
        LineMoves.Log(transaction, copy, "snapshot", request.Cause, moves, trace);
        await transaction.CommitAsync(cancellationToken);
        return new RecordedSnapshot(id, snapshot);
    }

    /// <summary>Lists and counts the changes; many of them on another core, beside the directories.</summary>
    private Task<(List<PathChange> Changes, ChangeSummary Summary)> ListAsync(IReadOnlyList<LeftOutFile> leftOut)
    {
        return copy.Index.Pending.Count < DirectoryBuilder.ManyFiles ? Task.FromResult(List()) : Task.Run(List);

        (List<PathChange> Changes, ChangeSummary Summary) List()
        {
            var changes = Recordable(leftOut);
            return (changes, ChangeSummary.Of(changes, copy.Config.Current.Classifier));
        }
    }

    private List<PathChange> Recordable(IReadOnlyList<LeftOutFile> leftOut)
    {
        var missing = leftOut.Select(file => file.Path).ToHashSet();
        return [.. WorkingChanges.List(copy.Index).Where(change => !missing.Contains(change.Path))];
    }
}
