namespace W0rktree.Grains.Access;

/// <summary>Says what a call needs of a tree: a permission, on a branch where it names one.</summary>
/// <param name="Permission">The permission.</param>
/// <param name="Branch">The branch; null for none.</param>
public sealed record AccessNeed(string Permission, BranchName? Branch = null);
