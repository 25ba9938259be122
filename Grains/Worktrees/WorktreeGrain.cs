using System.Collections.Immutable;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Access;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Worktrees;

/// <summary>Stores a worktree; the default value is that of one that does not exist.</summary>
[GenerateSerializer, Immutable]
[Alias("wt.WorktreeState")]
public sealed record WorktreeState
{
    /// <summary>Gets the name; empty until it exists.</summary>
    [Id(0)]
    public string Slug { get; init; } = "";

    /// <summary>Gets the trees by path, the root tree first.</summary>
    [Id(1)]
    public ImmutableArray<TreePlace> Trees { get; init; } = [];

    /// <summary>Gets the branch that a clone starts on.</summary>
    [Id(2)]
    public BranchName DefaultBranch { get; init; }

    /// <summary>Gets the grants to other tenants.</summary>
    [Id(3)]
    public ImmutableArray<TenantGrant> Grants { get; init; } = [];

    /// <summary>Gets whether everybody with an account may read.</summary>
    [Id(4)]
    public bool IsPublic { get; init; }

    /// <summary>Gets whether it exists.</summary>
    internal bool Exists => Slug.Length > 0;

    /// <summary>Gets what decisions need of it; null while there is none.</summary>
    internal WorktreeFacts? Facts => Exists ? new WorktreeFacts { Trees = Trees, DefaultBranch = DefaultBranch, Grants = Grants, IsPublic = IsPublic } : null;
}

/// <summary>Keeps one worktree.</summary>
public sealed class WorktreeGrain(
    [PersistentState("worktree", StateStores.Name)] IPersistentState<WorktreeState> storage,
    IGrainFactory grains,
    TenantGuard guard,
    TicketMint mint,
    TimeProvider clock,
    ExposedStates exposed) : StatefulGrain<WorktreeState>(storage, exposed), IWorktreeGrain, IGuardedGrain
{
    private TenantId Tenant => GrainKeys.ReadTenant(this.GetPrimaryKeyString());

    private TreeAddress Root => new(Tenant, Id, Current.Trees[0].Tree);

    private WorktreeId Id => GrainKeys.ReadWorktree(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) => Current.Exists
        ? await guard.RefuseAsync(Root, caller, new Access.AccessNeed(permission), cancellationToken)
        : await guard.RefuseAsync(Tenant, caller, permission, cancellationToken);

    /// <inheritdoc/>
    public Task<WorktreeFacts?> FactsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Current.Facts);

    /// <inheritdoc/>
    public async Task<Reply<WorktreeView>> CreateAsync(CreateWorktree request, CancellationToken cancellationToken)
    {
        // The tenant decides on names and ids, and repeats its answer for a repetition.
        var reservation = new ReserveWorktree { Name = new WorktreeName { Worktree = Id, Slug = request.Slug }, RootTree = request.RootTree };
        var reserved = await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(Tenant)).ReserveWorktreeAsync(reservation, cancellationToken);
        if (!reserved.TryGet(out _, out var refusal))
        {
            return refusal;
        }

        if (!Current.Exists)
        {
            await mint.AsSystemAsync("worktree", async () =>
            {
                await grains.GetGrain<ITreeGrain>(GrainKeys.Tree(new(Tenant, Id, request.RootTree))).CreateAsync(cancellationToken);
                return true;
            });
            await SaveAsync(new WorktreeState
            {
                Slug = request.Slug,
                Trees = [new TreePlace { Tree = request.RootTree, Path = TreePath.Root }],
                DefaultBranch = request.DefaultBranch,
            });
        }

        return await ViewAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Reply<WorktreeView>> GetAsync(CancellationToken cancellationToken) =>
        Current.Exists ? await ViewAsync(cancellationToken) : Refusals.NotFound;

    /// <inheritdoc/>
    public Task<Reply<GrantList>> ListGrantsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Reply<GrantList>>(Current.Exists ? new GrantList { Grants = Current.Grants } : Refusals.NotFound);

    /// <inheritdoc/>
    public async Task<Reply<TenantGrant>> GiveGrantAsync(GiveGrant request, CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        if (!Current.Exists || await guard.OpenAsync(Root, caller, cancellationToken) is not { } access)
        {
            return Refusals.NotFound;
        }

        var grant = request.Grant with { GivenBy = (await guard.StandingAsync(Tenant, caller, cancellationToken)).Slug, GivenAt = clock.GetUtcNow() };
        if (!GrantRules.Give(Current, Tenant, grant, access.Held(), grant.GivenAt).TryGet(out var next, out var error))
        {
            return error;
        }

        if (next != Current)
        {
            await SaveAsync(next);
        }

        return Current.Grants.First(g => g.Id == grant.Id);
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> EndGrantAsync(EndGrant request, CancellationToken cancellationToken)
    {
        var next = GrantRules.End(Current, request.Id);
        if (next != Current)
        {
            await SaveAsync(next);
        }

        // Also on a repetition: the first may have been stored by an activation that died before it told anybody.
        await mint.AsSystemAsync("grants", async () =>
        {
            await MembersChangedAsync(CancellationToken.None);
            return true;
        });
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public async Task<Reply<WorktreeView>> SetVisibilityAsync(bool isPublic, CancellationToken cancellationToken)
    {
        if (!Current.Exists || await guard.OpenAsync(Root, mint.Current()!, cancellationToken) is not { } access)
        {
            return Refusals.NotFound;
        }

        if (!GrantRules.SetVisibility(Current, isPublic, access.Held()).TryGet(out var next, out var error))
        {
            return error;
        }

        if (next != Current)
        {
            await SaveAsync(next);
        }

        // Also on a repetition, as for a grant's end.
        await mint.AsSystemAsync("visibility", async () =>
        {
            await MembersChangedAsync(CancellationToken.None);
            return true;
        });
        return await ViewAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task MembersChangedAsync(CancellationToken cancellationToken) => Task.WhenAll(Current.Trees.Select(t =>
        grains.GetGrain<ITreeEventsGrain>(GrainKeys.Tree(new(Tenant, Id, t.Tree))).WakeAsync(cancellationToken)));

    private async Task<WorktreeView> ViewAsync(CancellationToken cancellationToken)
    {
        var caller = mint.Current()!;
        var standing = await guard.StandingAsync(Tenant, caller, cancellationToken);
        var access = await guard.OpenAsync(Root, caller, cancellationToken);
        return new WorktreeView
        {
            Worktree = Id,
            Tenant = Tenant,
            Slug = Current.Slug,
            Trees = Current.Trees,
            DefaultBranch = Current.DefaultBranch,
            Role = standing.Role,
            Permissions = access?.Permissions() ?? [],
            IsPublic = Current.IsPublic,
        };
    }
}
