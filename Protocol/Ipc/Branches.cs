namespace W0rktree.Protocol.Ipc;

/// <summary>Answers <c>branch.list</c>.</summary>
public sealed record BranchListResult(IReadOnlyList<BranchEntry> Branches);

/// <summary>Describes a branch of the store, or one of the server (<c>main@server</c>).</summary>
public sealed record BranchEntry(string Name, string? Snapshot, bool Current, bool Remote, int? Ahead, int? Behind, bool Deleted, DateTimeOffset? DeletedAt);

/// <summary>Creates a branch at a revision (null: the line's tip), and switches to it where asked.</summary>
public sealed record BranchCreateParams(string Name, string? From, bool Switch);

/// <summary>Switches the working copy; what is unsaved is snapshotted first.</summary>
public sealed record BranchSwitchParams(string Name);

/// <summary>Answers the branch commands.</summary>
public sealed record BranchResult(string Name, string Snapshot, int FilesWritten, int FilesDeleted, string? SavedAs);

/// <summary>Names a branch to delete or restore.</summary>
public sealed record BranchNameParams(string Name);

/// <summary>Merges a branch or revision into the line.</summary>
public sealed record MergeParams(string Revision, string? Message);

/// <summary>Answers <see cref="MergeParams"/>.</summary>
/// <param name="Outcome"><c>up_to_date</c>, <c>fast_forward</c>, <c>merged</c> or <c>conflicted</c>.</param>
public sealed record MergeResult(string Outcome, string? Snapshot, int FilesChanged, IReadOnlyList<ConflictInfo> Conflicts, string? SavedAs);

/// <summary>Lists the operations on a tree's store, newest first, each an event.</summary>
public sealed record ReflogListParams(int? Limit);

/// <summary>Describes one operation.</summary>
public sealed record ReflogEntryInfo(long Sequence, string Time, string Operation, string Summary, IReadOnlyList<ReflogRefChange> Refs);

/// <summary>Describes how one reference moved.</summary>
public sealed record ReflogRefChange(string Name, string? Before, string? After);

/// <summary>Answers <see cref="ReflogListParams"/>.</summary>
/// <param name="Count">The number of entries that were listed.</param>
/// <param name="ChainIntact">Whether each of them names the hash of the one before.</param>
/// <param name="Checkpoint">What stands in the place of a pruned beginning, where the list reached it.</param>
public sealed record ReflogListResult(int Count, bool ChainIntact, ReflogCheckpoint? Checkpoint = null);

/// <summary>Stands for the pruned beginning of a reflog.</summary>
/// <param name="Entries">How many entries went, in all.</param>
/// <param name="LastHash">The hash of the last of them, which the first entry that is left names.</param>
public sealed record ReflogCheckpoint(long Entries, string LastHash);

/// <summary>Asks which rule decides about paths.</summary>
public sealed record IgnoreCheckParams(IReadOnlyList<string> Paths);

/// <summary>Answers <see cref="IgnoreCheckParams"/>.</summary>
public sealed record IgnoreCheckResult(IReadOnlyList<IgnoreVerdictInfo> Verdicts);

/// <summary>Describes one verdict; the rule is null where none matched.</summary>
public sealed record IgnoreVerdictInfo(string Path, bool Ignored, string? File, int? Line, string? Pattern);

/// <summary>Answers <c>doctor</c> and <c>debug.verify</c>.</summary>
/// <param name="Healthy">Whether nothing is wrong, or nothing is any more.</param>
/// <param name="Objects">The number of objects that were read.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record VerifyResult(bool Healthy, long Objects, long Bytes, IReadOnlyList<VerifyProblem> Problems)
{
    /// <summary>Gets what was damaged or missing and came back from the server.</summary>
    public IReadOnlyList<RepairedObject> Repaired { get => field ?? []; init; }

    /// <summary>Gets the files that had damaged copies and were written anew.</summary>
    public IReadOnlyList<string> Rewritten { get => field ?? []; init; }

    /// <summary>Gets the files that could not be read, are not needed any more, and were moved out of the way.</summary>
    public IReadOnlyList<string> SetAside { get => field ?? []; init; }
}

/// <summary>Describes an object that came back.</summary>
public sealed record RepairedObject(string Object, string Kind, string Was);

/// <summary>Describes one thing that is wrong, and the next step.</summary>
public sealed record VerifyProblem(string Code, string What, string? Object, string? Place, string? Hint);
