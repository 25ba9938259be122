namespace W0rktree.Protocol.Ipc;

/// <summary>Names the repository of git to import from, export to or mirror: an absolute path.</summary>
public sealed record GitParams(string Path);

/// <summary>Answers <see cref="GitParams"/>.</summary>
/// <param name="Imported">Commits that became snapshots.</param>
/// <param name="Exported">Snapshots that became commits.</param>
/// <param name="References">What became of each branch and tag.</param>
/// <param name="Line">What became of the working copy's line: <c>fast_forward</c>, <c>merged</c> or <c>conflicted</c>; null where it stayed.</param>
/// <param name="Conflicts">Conflicts that a person has to answer.</param>
public sealed record GitResult(int Imported, int Exported, IReadOnlyList<GitReferenceInfo> References, string? Line, int Conflicts);

/// <summary>Tells what became of one branch or tag.</summary>
/// <param name="Kind"><c>branch</c> or <c>tag</c>.</param>
/// <param name="Name">Its name in the worktree.</param>
/// <param name="Outcome"><c>created</c>, <c>moved</c>, <c>unchanged</c>, <c>ahead</c> or <c>refused</c>.</param>
/// <param name="Why">Why it was refused.</param>
/// <param name="Direction">For a mirror: <c>in</c> or <c>out</c>.</param>
public sealed record GitReferenceInfo(string Kind, string Name, string Outcome, string? Why, string? Direction);

/// <summary>Makes a new worktree of a repository of git.</summary>
/// <param name="Source">An absolute path, or an address that git understands.</param>
/// <param name="Path">The new directory.</param>
/// <param name="Branch">The branch to check out; null for that of its HEAD.</param>
public sealed record GitCloneParams(string Source, string Path, string? Branch);

/// <summary>Answers <see cref="GitCloneParams"/>.</summary>
public sealed record GitCloneResult(string Root, string Branch, string Snapshot, int Files, int Imported, IReadOnlyList<GitReferenceInfo> References);

/// <summary>One commit of git, with its tree computed from our objects.</summary>
public sealed record GitIdsEvent(string Commit, string Tree);

/// <summary>Ends the stream of <see cref="GitIdsEvent"/>.</summary>
public sealed record GitIdsResult(int Commits);
