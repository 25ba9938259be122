using System.Collections.Immutable;
using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Worktrees;

/// <summary>Keeps one worktree: its name and the trees in it. Key: <c>GrainKeys.Worktree</c>.</summary>
[Alias("wt.IWorktreeGrain")]
public interface IWorktreeGrain : IGrainWithStringKey
{
    /// <summary>Creates the worktree with its root tree; repeating it with the same values answers the same.</summary>
    [Requires(Permission.TreeCreate)]
    Task<Reply<WorktreeView>> CreateAsync(CreateWorktree request, CancellationToken cancellationToken);

    /// <summary>Shows the worktree.</summary>
    [Requires(Permission.BranchRead)]
    Task<Reply<WorktreeView>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Gives what decisions below the worktree need of it; null where it does not exist.</summary>
    /// <remarks>Interleaves: it reads only what is stored, and every guarded grain below asks it, this one included.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<WorktreeFacts?> FactsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the grants to other tenants.</summary>
    [Requires(Permission.PolicyManage)]
    Task<Reply<GrantList>> ListGrantsAsync(CancellationToken cancellationToken);

    /// <summary>Lets another tenant in; nobody gives more than they hold. Repeating it with the same id is harmless.</summary>
    [Requires(Permission.PolicyManage)]
    Task<Reply<TenantGrant>> GiveGrantAsync(GiveGrant request, CancellationToken cancellationToken);

    /// <summary>Ends a grant; open streams that it let in end. Repeating it is harmless.</summary>
    [Requires(Permission.PolicyManage)]
    Task<Reply<Acknowledged>> EndGrantAsync(EndGrant request, CancellationToken cancellationToken);

    /// <summary>Lets everybody with an account read, or members and grants alone; open streams that it let in end. Repeating it is harmless.</summary>
    [Requires(Permission.PolicyManage)]
    Task<Reply<WorktreeView>> SetVisibilityAsync(bool isPublic, CancellationToken cancellationToken);

    /// <summary>Wakes every open stream below, so that it asks again whether its reader may still read.</summary>
    /// <remarks>Interleaves: the tenant calls it while this worktree may be waiting for the tenant.</remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task MembersChangedAsync(CancellationToken cancellationToken);
}

/// <summary>Starts a worktree's life.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.CreateWorktree")]
public sealed record CreateWorktree : IAudited
{
    /// <summary>Gets the name, unique within the tenant.</summary>
    [Id(0)]
    public required string Slug { get; init; }

    /// <summary>Gets the root tree.</summary>
    [Id(1)]
    public required TreeId RootTree { get; init; }

    /// <summary>Gets the branch that a clone starts on.</summary>
    [Id(2)]
    public required BranchName DefaultBranch { get; init; }

    /// <inheritdoc/>
    public string AuditText => $"slug={Slug} tree={RootTree} default={DefaultBranch}";
}

/// <summary>Says where a tree is in its worktree.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.TreePlace")]
public sealed record TreePlace
{
    /// <summary>Gets the tree.</summary>
    [Id(0)]
    public required TreeId Tree { get; init; }

    /// <summary>Gets the path from the worktree's root; the root tree's is the root.</summary>
    [Id(1)]
    public required Core.Paths.TreePath Path { get; init; }
}

/// <summary>Says what decisions below a worktree need of it.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.WorktreeFacts")]
public sealed record WorktreeFacts
{
    /// <summary>Gets the trees by path, the root tree first.</summary>
    [Id(0)]
    public required ImmutableArray<TreePlace> Trees { get; init; }

    /// <summary>Gets the branch whose head holds the policies in force.</summary>
    [Id(1)]
    public required BranchName DefaultBranch { get; init; }

    /// <summary>Gets the grants to other tenants.</summary>
    [Id(2)]
    public ImmutableArray<TenantGrant> Grants { get; init; } = [];

    /// <summary>Gets whether everybody with an account may read.</summary>
    [Id(3)]
    public bool IsPublic { get; init; }
}

/// <summary>Shows a worktree to a member.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.WorktreeView")]
public sealed record WorktreeView
{
    /// <summary>Gets the id.</summary>
    [Id(0)]
    public required WorktreeId Worktree { get; init; }

    /// <summary>Gets the owning tenant.</summary>
    [Id(1)]
    public required TenantId Tenant { get; init; }

    /// <summary>Gets the name.</summary>
    [Id(2)]
    public required string Slug { get; init; }

    /// <summary>Gets the trees by path, the root tree first; at most 500.</summary>
    [Id(3)]
    public required ImmutableArray<TreePlace> Trees { get; init; }

    /// <summary>Gets the branch that a clone starts on.</summary>
    [Id(4)]
    public required BranchName DefaultBranch { get; init; }

    /// <summary>Gets the asker's role.</summary>
    [Id(5)]
    public required Role Role { get; init; }

    /// <summary>Gets what the asker may do here, sorted.</summary>
    [Id(6)]
    public required ImmutableArray<string> Permissions { get; init; }

    /// <summary>Gets whether everybody with an account may read.</summary>
    [Id(7)]
    public bool IsPublic { get; init; }
}
