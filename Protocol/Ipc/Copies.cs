namespace W0rktree.Protocol.Ipc;

/// <summary>Makes another working copy of the tree, on a branch, in a directory that is empty or not there.</summary>
/// <param name="Path">The absolute path.</param>
public sealed record CopyAddParams(string Path, string Branch);

/// <summary>Answers <see cref="CopyAddParams"/>.</summary>
public sealed record CopyAddResult(string Root, string Branch, string Snapshot, int Files);

/// <summary>Answers <c>copy.list</c>: the working copies that share this tree's store.</summary>
public sealed record CopyListResult(IReadOnlyList<CopyEntry> Copies);

/// <summary>Describes a working copy.</summary>
/// <param name="Role"><c>primary</c> or <c>secondary</c>; null where its directory is gone.</param>
public sealed record CopyEntry(string Root, string Branch, string? Snapshot, bool Current, string? Role);

/// <summary>Takes a secondary working copy away; what no snapshot has is snapshotted first.</summary>
/// <param name="Path">The absolute path of its root.</param>
public sealed record CopyRemoveParams(string Path);

/// <summary>Answers <see cref="CopyRemoveParams"/>.</summary>
/// <param name="Snapshot">The tip of its line, which stays in the store.</param>
public sealed record CopyRemoveResult(string Root, string Branch, string? Snapshot);
