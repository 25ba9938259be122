namespace W0rktree.Grains.Abstractions.Identifiers;

/// <summary>Names a tree on the server: its id alone is unique only within its tenant.</summary>
/// <param name="Tenant">The owning tenant.</param>
/// <param name="Worktree">The worktree that holds the tree.</param>
/// <param name="Tree">The tree.</param>
public readonly record struct TreeAddress(TenantId Tenant, WorktreeId Worktree, TreeId Tree);
