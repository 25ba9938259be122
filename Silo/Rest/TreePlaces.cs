using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest;

/// <summary>Finds worktrees and trees by the names in an address.</summary>
internal static class TreePlaces
{
    /// <summary>Finds a worktree that the caller may see.</summary>
    public static async Task<WorktreeView> WorktreeAsync(this NameBook names, IGrainFactory grains, string owner, string name, CancellationToken cancellationToken)
    {
        var tenant = await names.TenantIdAsync(owner, cancellationToken);
        var found = await names.WorktreeAsync(tenant, name, cancellationToken);
        return (await grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tenant, found.Worktree)).GetAsync(cancellationToken)).OrRefuse();
    }

    /// <summary>Finds a tree of a worktree by its path; the root tree for none.</summary>
    public static TreeAddress Tree(this WorktreeView worktree, string? path)
    {
        var place = string.IsNullOrEmpty(path) ? TreePath.Root : TreePath.Parse(path).OrRefuse();
        var found = worktree.Trees.FirstOrDefault(t => t.Path == place) ?? throw new RefusedException(Refusals.NotFound);
        return new TreeAddress(worktree.Tenant, worktree.Worktree, found.Tree);
    }
}
