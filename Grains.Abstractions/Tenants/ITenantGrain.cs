using Orleans.Concurrency;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Tenants;

/// <summary>Keeps one tenant: its members and the names of its worktrees. Key: <c>GrainKeys.Tenant</c>.</summary>
[Alias("wt.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Starts the tenant's life; repeating it with the same values is harmless.</summary>
    [SystemOnly]
    Task<Reply<Acknowledged>> CreateAsync(CreateTenant request, CancellationToken cancellationToken);

    /// <summary>Says what an account is to this tenant, as stored at this moment.</summary>
    /// <remarks>
    /// Interleaves: it only reads what is already written, and every guarded grain below the tenant asks it, also while
    /// the tenant waits for one of them.
    /// </remarks>
    [SystemOnly]
    [AlwaysInterleave]
    Task<Standing> StandingOfAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Shows the tenant.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<TenantView>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Takes an account in or changes its role; nobody gives more than they hold, and one owner stays.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Member>> SetMemberAsync(AccountId account, Role role, CancellationToken cancellationToken);

    /// <summary>Lets an account go; its open streams end. Repeating it is harmless.</summary>
    [Requires(Permission.AccountManage)]
    Task<Reply<Acknowledged>> RemoveMemberAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Lets the caller go.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<Acknowledged>> LeaveAsync(CancellationToken cancellationToken);

    /// <summary>Lists members from a name on.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<MemberPage>> ListMembersAsync(string from, CancellationToken cancellationToken);

    /// <summary>Takes a name for a worktree; repeating it with the same id is harmless.</summary>
    [Requires(Permission.TreeCreate)]
    Task<Reply<WorktreeName>> ReserveWorktreeAsync(ReserveWorktree request, CancellationToken cancellationToken);

    /// <summary>Finds a worktree by name.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<WorktreeName>> FindWorktreeAsync(string slug, CancellationToken cancellationToken);

    /// <summary>Finds a worktree by name for the front, which then asks the worktree what the caller may see of it; null where there is none.</summary>
    [SystemOnly]
    [AlwaysInterleave]
    Task<WorktreeName?> ResolveWorktreeAsync(string slug, CancellationToken cancellationToken);

    /// <summary>Lists worktrees from a name on.</summary>
    [Requires(Permission.TreeRead)]
    Task<Reply<WorktreePage>> ListWorktreesAsync(string from, CancellationToken cancellationToken);
}
