namespace W0rktree.Grains.Access.Policies.Compiled;

/// <summary>Holds what one tree's own files restrict.</summary>
/// <param name="Path">The tree from the worktree's root.</param>
/// <param name="Denies">Its deny policies.</param>
/// <param name="Ceiling">Who may act in it; null where it does not say.</param>
internal sealed record CompiledTree(string Path, RuleIndex Denies, TeamTable? Ceiling);
