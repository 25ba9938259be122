namespace W0rktree.Protocol.Ipc;

/// <summary>Lists or answers the conflicts that the line's tip records.</summary>
/// <param name="Paths">Absolute files and folders; empty for all.</param>
/// <param name="Action"><c>list</c>, <c>ours</c>, <c>theirs</c>, <c>base</c>, <c>union</c>, or <c>mark</c> for what stands there.</param>
public sealed record ResolveParams(IReadOnlyList<string> Paths, string Action);

/// <summary>Answers <see cref="ResolveParams"/>; the snapshot is the line's tip afterwards.</summary>
public sealed record ResolveResult(string? Snapshot, IReadOnlyList<ConflictDetail> Resolved, IReadOnlyList<ConflictDetail> Remaining, int FilesChanged, string? SavedAs);

/// <summary>Describes one conflict with its versions, each null where the path was absent.</summary>
public sealed record ConflictDetail(string Path, string Kind, ConflictVersion? Base, ConflictVersion? Ours, ConflictVersion? Theirs);

/// <summary>Names one version.</summary>
public sealed record ConflictVersion(string Kind, long SizeBytes, string Hash);

/// <summary>Makes the changes of one snapshot on the line (<c>cherry</c>), or takes them back (<c>revert</c>); answered by <see cref="MergeResult"/>.</summary>
/// <param name="Parent">Against which parent the changes of a merge are counted, from 1.</param>
public sealed record CarryParams(string Revision, int? Parent, string? Message);

/// <summary>Merges two snapshots in memory and tells what came of it. Nothing moves.</summary>
/// <param name="Base">A revision to merge against, or null for the nearest common ancestors.</param>
/// <param name="Ours">A revision.</param>
/// <param name="Theirs">A revision.</param>
public sealed record DebugMergeParams(string? Base, string Ours, string Theirs);

/// <summary>Answers <see cref="DebugMergeParams"/>.</summary>
/// <param name="GitTree">The SHA-1 of the git tree with the same content; null where git cannot hold it.</param>
public sealed record DebugMergeResult(bool Clean, string Root, string? GitTree, IReadOnlyList<ConflictInfo> Conflicts);
