namespace W0rktree.Protocol.Ipc;

/// <summary>Lists or answers the conflicts that the line's tip records.</summary>
/// <param name="Paths">Absolute files and folders; empty for all.</param>
/// <param name="Action"><c>list</c>, <c>ours</c>, <c>theirs</c>, <c>base</c>, <c>union</c>, or <c>mark</c> for what stands there.</param>
public sealed record ResolveParams(IReadOnlyList<string> Paths, string Action);

/// <summary>Answers <see cref="ResolveParams"/>; the snapshot is the line's tip afterwards.</summary>
public sealed record ResolveResult(string? Snapshot, IReadOnlyList<ConflictDetail> Resolved, IReadOnlyList<ConflictDetail> Remaining, int FilesChanged, string? SavedAs);

/// <summary>Writes the versions of conflicted files into a folder of the caller's, for a merge tool.</summary>
/// <param name="Paths">Absolute files and folders; empty for all.</param>
/// <param name="Folder">An absolute, empty folder.</param>
public sealed record ResolveVersionsParams(IReadOnlyList<string> Paths, string Folder);

/// <summary>Answers <see cref="ResolveVersionsParams"/>.</summary>
/// <param name="Root">The working copy's root.</param>
/// <param name="Command">The user's merge tool as configured, or null.</param>
/// <param name="Files">The conflicted files.</param>
public sealed record ResolveVersionsResult(string Root, string? Command, IReadOnlyList<ConflictFiles> Files);

/// <summary>Names the files of one conflict, absolute; a version is an empty file where the side has none.</summary>
/// <param name="Path">The path in the tree.</param>
/// <param name="Merged">The file in the working copy, which the tool writes.</param>
public sealed record ConflictFiles(string Path, string Merged, string Base, string Ours, string Theirs);

/// <summary>Describes one conflict with its versions, each null where the path was absent.</summary>
public sealed record ConflictDetail(string Path, string Kind, ConflictVersion? Base, ConflictVersion? Ours, ConflictVersion? Theirs);

/// <summary>Names one version.</summary>
public sealed record ConflictVersion(string Kind, long SizeBytes, string Hash);

/// <summary>Makes the changes of one snapshot on the line (<c>cherry</c>), or takes them back (<c>revert</c>); answered by <see cref="MergeResult"/>.</summary>
/// <param name="Parent">Against which parent the changes of a merge are counted, from 1.</param>
public sealed record CarryParams(string Revision, int? Parent, string? Message);

/// <summary>Names two snapshots to merge.</summary>
/// <param name="Base">A revision to merge against, or null for the nearest common ancestors.</param>
/// <param name="Ours">A revision.</param>
/// <param name="Theirs">A revision.</param>
public sealed record TrialMerge(string? Base, string Ours, string Theirs);

/// <summary>Merges snapshots in memory, one pair after the other. Nothing moves. Each is answered by a <see cref="TrialMergeEvent"/>.</summary>
public sealed record DebugMergeParams(IReadOnlyList<TrialMerge> Merges);

/// <summary>Tells what came of one merge, or why it was refused.</summary>
/// <param name="Clean">Whether the sides went together.</param>
/// <param name="Root">The root directory of the result.</param>
/// <param name="GitTree">The SHA-1 of the git tree with the same content; null where git cannot hold it.</param>
/// <param name="Conflicts">Where they did not.</param>
/// <param name="Error">Why there is no result; the other fields are empty then.</param>
public sealed record TrialMergeEvent(bool? Clean, string? Root, string? GitTree, IReadOnlyList<ConflictInfo>? Conflicts, ErrorInfo? Error = null);

/// <summary>Ends the stream of <see cref="TrialMergeEvent"/>.</summary>
public sealed record DebugMergeResult(int Merges);
