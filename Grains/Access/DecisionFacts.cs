using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.Branches;
using W0rktree.Grains.State;
using W0rktree.Grains.Tenants;
using W0rktree.Grains.Trees;
using W0rktree.Grains.Worktrees;

namespace W0rktree.Grains.Access;

/// <summary>Gives what decisions need to know of five kinds of grains, as stored at this moment: read where they show it in this silo, else asked.</summary>
internal sealed class DecisionFacts(IGrainFactory grains, TicketMint mint, ExposedStates exposed, QuotaOptions quotas)
{
    /// <summary>Describes a worktree; null where there is none.</summary>
    public ValueTask<WorktreeFacts?> WorktreeAsync(TenantId tenant, WorktreeId worktree, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Worktree(tenant, worktree);
        return exposed.TryFind<WorktreeState>(key, out var state) ? new(state.Facts) : AskAsync(() => grains.GetGrain<IWorktreeGrain>(key).FactsAsync(cancellationToken));
    }

    /// <summary>Tells whether a tree exists.</summary>
    public ValueTask<bool> TreeExistsAsync(TreeAddress tree, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Tree(tree);
        return exposed.TryFind<TreeState>(key, out var state) ? new(state.Exists) : AskAsync(() => grains.GetGrain<ITreeGrain>(key).ExistsAsync(cancellationToken));
    }

    /// <summary>Says what an account is to a tenant.</summary>
    public ValueTask<Standing> StandingAsync(TenantId tenant, AccountId account, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Tenant(tenant);
        return exposed.TryFind<TenantState>(key, out var state) ? new(state.StandingOf(account, quotas))
            : AskAsync(() => grains.GetGrain<ITenantGrain>(key).StandingOfAsync(account, cancellationToken));
    }

    /// <summary>Lists the tenants that took an account in, or only its own among them; none where there is no such account.</summary>
    public async ValueTask<ImmutableArray<TenantId>> MembershipsAsync(AccountId account, bool ownOnly, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Account(account);
        var (own, all) = exposed.TryFind<AccountState>(key, out var state)
            ? (state.Tenant, state.Exists ? state.Memberships : [])
            : await AskAsync(() => grains.GetGrain<IAccountGrain>(key).DescribeAsync(cancellationToken)) is { } view ? (view.Tenant, view.Memberships) : default;
        return all.IsDefault ? [] : ownOnly ? [.. all.Where(tenant => tenant == own)] : all;
    }

    /// <summary>Gets the head of a branch; zero where there is none.</summary>
    public async ValueTask<SnapshotId> HeadAsync(TreeAddress tree, BranchName branch, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Branch(tree, branch);
        return exposed.TryFind<BranchState>(key, out var state) ? state.Head
            : (await AskAsync(() => grains.GetGrain<IBranchGrain>(key).DescribeAsync(cancellationToken)))?.Head ?? default;
    }

    private ValueTask<T> AskAsync<T>(Func<Task<T>> ask) => new(mint.AsSystemAsync("guard", ask));
}
