using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>Asks for a snapshot of the working directory as it is.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">What its author says; null for a sentence about what changed.</param>
/// <param name="Cause">What led to it, for the reflog.</param>
public sealed record SnapshotRequest(SnapshotKind Kind, string? Message, string Cause)
{
    /// <summary>Gets whether a snapshot is made where no file changed.</summary>
    public bool EvenIfUnchanged { get; init; }

    /// <summary>
    /// Gets how long a file must have been left alone to be recorded in its present state; others stay as the tip has them. Zero,
    /// for a snapshot that somebody waits for, records all, and waits a moment for files that are being written.
    /// </summary>
    public TimeSpan SettleFor { get; init; }

    /// <summary>Gets the operation that the snapshot is part of; null for one that stands alone.</summary>
    internal Branches.OperationTrace? Operation { get; init; }

    /// <summary>
    /// Gets whether somebody asked for the snapshot, so that taking it back leaves the files alone. One that was made by itself
    /// stands for the edits that it holds: taking it back takes those back.
    /// </summary>
    internal bool IsAsked => Operation is not null || Kind == SnapshotKind.Manual;

    /// <summary>Gets whether conflicts that leave no markers in a file count as answered: somebody looked and said so.</summary>
    public bool AnswersConflicts => Kind == SnapshotKind.Manual;
}

/// <summary>What came of a <see cref="SnapshotRequest"/>.</summary>
/// <param name="Snapshot">The snapshot, or null where nothing had changed.</param>
/// <param name="Changes">What it records against the line's tip before.</param>
/// <param name="LeftOut">Files that could not be read at one moment, or not at all, with the reason. They stay pending.</param>
public sealed record SnapshotOutcome(RecordedSnapshot? Snapshot, IReadOnlyList<PathChange> Changes, IReadOnlyList<LeftOutFile> LeftOut);

/// <summary>A file that a snapshot does not have in its present state.</summary>
public sealed record LeftOutFile(TreePath Path, string Reason)
{
    /// <summary>Gets whether only time was lacking, so that the next try may well have it.</summary>
    public bool IsBeingWritten { get; init; }
}

/// <summary>A snapshot with its id.</summary>
public sealed record RecordedSnapshot(SnapshotId Id, SnapshotObject Snapshot);

/// <summary>Tells sync and subscribers of a new tip of a copy's line. Also standing in the store's queue, so that it may be dropped.</summary>
public sealed record NewSnapshot(CopyId Copy, TreeId Tree, BranchName Branch, SnapshotId Id, SnapshotObject Snapshot, IReadOnlyList<PathChange> Changes);
