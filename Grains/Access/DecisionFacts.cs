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
    public ValueTask<WorktreeFacts?> WorktreeAsync(TenantId tenant, WorktreeId worktree, FactTrail trail, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Worktree(tenant, worktree);
        return Find<WorktreeState>(key, trail) is { } state ? new(state.Facts) : AskAsync(() => grains.GetGrain<IWorktreeGrain>(key).FactsAsync(cancellationToken));
    }

    /// <summary>Tells whether a tree exists.</summary>
    public ValueTask<bool> TreeExistsAsync(TreeAddress tree, FactTrail trail, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Tree(tree);
        return Find<TreeState>(key, trail) is { } state ? new(state.Exists) : AskAsync(() => grains.GetGrain<ITreeGrain>(key).ExistsAsync(cancellationToken));
    }

    /// <summary>Says what an account is to a tenant.</summary>
    public ValueTask<Standing> StandingAsync(TenantId tenant, AccountId account, FactTrail trail, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Tenant(tenant);
        return Find<TenantState>(key, trail) is { } state ? new(state.StandingOf(account, quotas))
            : AskAsync(() => grains.GetGrain<ITenantGrain>(key).StandingOfAsync(account, cancellationToken));
    }

    /// <summary>Lists the tenants that took an account in, or only its own among them; none where there is no such account.</summary>
    public async ValueTask<ImmutableArray<TenantId>> MembershipsAsync(AccountId account, bool ownOnly, FactTrail trail, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Account(account);
        var (own, all) = Find<AccountState>(key, trail) is { } state
            ? (state.Tenant, state.Exists ? state.Memberships : [])
            : await AskAsync(() => grains.GetGrain<IAccountGrain>(key).DescribeAsync(cancellationToken)) is { } view ? (view.Tenant, view.Memberships) : default;
        return all.IsDefault ? [] : ownOnly ? [.. all.Where(tenant => tenant == own)] : all;
    }

    /// <summary>Gets the head of a branch; zero where there is none.</summary>
    public async ValueTask<SnapshotId> HeadAsync(TreeAddress tree, BranchName branch, FactTrail trail, CancellationToken cancellationToken)
    {
        var key = GrainKeys.Branch(tree, branch);
        return Find<BranchState>(key, trail) is { } state ? state.Head
            : (await AskAsync(() => grains.GetGrain<IBranchGrain>(key).DescribeAsync(cancellationToken)))?.Head ?? default;
    }

    private TState? Find<TState>(string key, FactTrail trail)
        where TState : class
    {
        if (exposed.Find<TState>(key) is { } place && place.Current is { } seen)
        {
            trail.Saw(place, seen);
            return (TState)seen.State;
        }

        trail.Asked();
        return null;
    }

    private ValueTask<T> AskAsync<T>(Func<Task<T>> ask) => new(mint.AsSystemAsync("guard", ask));
}
