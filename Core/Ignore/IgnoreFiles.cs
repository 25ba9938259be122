namespace W0rktree.Core.Ignore;

/// <summary>The ignore files that speak for one directory; each may be absent.</summary>
/// <param name="Worktree">The root's <c>.wt/ignore</c>: nothing below can negate what it ignores.</param>
/// <param name="Tree">A tree's <c>.wt-tree/ignore</c>: it adds, and cannot negate what files above it ignore.</param>
/// <param name="Git">A <c>.gitignore</c>: among themselves these follow git, the deepest first; they cannot negate the other two.</param>
public sealed record IgnoreFiles(IgnoreFile? Worktree = null, IgnoreFile? Tree = null, IgnoreFile? Git = null)
{
    /// <summary>No file at all.</summary>
    public static IgnoreFiles None { get; } = new();

    internal int Count => (Worktree is null ? 0 : 1) + (Tree is null ? 0 : 1) + (Git is null ? 0 : 1);

    internal int RuleCount => (Worktree?.Rules.Count ?? 0) + (Tree?.Rules.Count ?? 0) + (Git?.Rules.Count ?? 0);
}
