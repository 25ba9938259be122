using Microsoft.Extensions.Logging;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Access;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Tenants;

/// <summary>Keeps one tenant. It owns the memberships, so every decision below it comes back here.</summary>
public sealed partial class TenantGrain(
    [PersistentState("tenant", StateStores.Name)] IPersistentState<TenantState> storage,
    IGrainFactory grains,
    TenantGuard guard,
    TicketMint mint,
    QuotaOptions quotas,
    TimeProvider clock,
    ExposedStates exposed,
    ILogger<TenantGrain> log) : StatefulGrain<TenantState>(storage, exposed), ITenantGrain, IGuardedGrain
{
    private TenantId Id => GrainKeys.ReadTenant(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        new(guard.Judge(Id, caller, permission, Current.StandingOf(caller.Account)));

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> CreateAsync(CreateTenant request, CancellationToken cancellationToken)
    {
        if (Current.Kind is { } kind)
        {
            var same = kind == request.Kind && Current.Slug == request.Slug && Current.Find(request.Owner) is not null;
            return same ? Acknowledged.Instance : Refusals.Invalid("The id is in use.");
        }

        await SaveAsync(new TenantState
        {
            Kind = request.Kind,
            Slug = request.Slug,
            Email = request.Email,
            DisplayName = request.DisplayName,
            Members = [new Member { Account = request.Owner, Slug = request.OwnerSlug, DisplayName = request.OwnerDisplayName, Role = Role.Owner }],
        });
        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public Task<Standing> StandingOfAsync(AccountId account, CancellationToken cancellationToken) => Task.FromResult(Current.StandingOf(account, quotas));

    /// <inheritdoc/>
    public Task<Reply<TenantView>> GetAsync(CancellationToken cancellationToken) => Task.FromResult<Reply<TenantView>>(View());

    /// <inheritdoc/>
    public async Task<Reply<Member>> SetMemberAsync(AccountId account, Role role, CancellationToken cancellationToken)
    {
        var known = await mint.AsSystemAsync("members", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(account)).DescribeAsync(cancellationToken));
        if (known is null)
        {
            return Refusals.NotFound;
        }

        var member = MemberOf(known, role);
        return TenantRules.SetMember(Current, Actor().Role, member).TryGet(out var next, out var error) ? await JoinAsync(next, member, cancellationToken) : error;
    }

    /// <inheritdoc/>
    public async Task<Reply<Member>> SetAttributesAsync(SetAttributes request, CancellationToken cancellationToken)
    {
        if (!TenantRules.SetAttributes(Current, Actor().Role, request).TryGet(out var next, out var error))
        {
            return error;
        }

        if (next != Current)
        {
            await SaveAsync(next);
            await WakeStreamsAsync();
        }

        return Current.Find(request.Account)!;
    }

    /// <inheritdoc/>
    public Task<Reply<Acknowledged>> RemoveMemberAsync(AccountId account, CancellationToken cancellationToken) =>
        RemoveAsync(account, Actor().Role, cancellationToken);

    /// <inheritdoc/>
    public Task<Reply<Acknowledged>> LeaveAsync(CancellationToken cancellationToken) =>
        RemoveAsync(mint.Current()!.Account, Role.Owner, cancellationToken);

    /// <inheritdoc/>
    public Task<Reply<MemberPage>> ListMembersAsync(string from, CancellationToken cancellationToken)
    {
        var rest = Current.Members.Where(m => string.CompareOrdinal(m.Slug, from) >= 0).Take(TenantRules.PageSize + 1).ToArray();
        return Task.FromResult<Reply<MemberPage>>(new MemberPage
        {
            Members = [.. rest.Take(TenantRules.PageSize)],
            Next = rest.Length > TenantRules.PageSize ? rest[^1].Slug : "",
        });
    }

    /// <inheritdoc/>
    public async Task<Reply<WorktreeName>> ReserveWorktreeAsync(ReserveWorktree request, CancellationToken cancellationToken)
    {
        if (!TenantRules.ReserveWorktree(Current, request).TryGet(out var next, out var error))
        {
            return error;
        }

        if (next != Current)
        {
            await SaveAsync(next);
        }

        return request.Name;
    }

    /// <inheritdoc/>
    public Task<WorktreeName?> ResolveWorktreeAsync(string slug, CancellationToken cancellationToken) =>
        Task.FromResult(Current.Worktrees.FirstOrDefault(w => w.Name.Slug == slug)?.Name);

    /// <inheritdoc/>
    public Task<Reply<WorktreePage>> ListWorktreesAsync(string from, CancellationToken cancellationToken)
    {
        var rest = Current.Worktrees.Select(w => w.Name).Where(w => string.CompareOrdinal(w.Slug, from) >= 0).Take(TenantRules.PageSize + 1).ToArray();
        return Task.FromResult<Reply<WorktreePage>>(new WorktreePage
        {
            Worktrees = [.. rest.Take(TenantRules.PageSize)],
            Next = rest.Length > TenantRules.PageSize ? rest[^1].Slug : "",
        });
    }

    private TenantView View()
    {
        var actor = Actor();
        return new TenantView
        {
            Tenant = Id,
            Kind = Current.Kind!.Value,
            Slug = Current.Slug,
            Status = Current.Status,
            Role = actor.Role,
            Teams = actor.Teams,
            FormerSlugs = Current.FormerSlugs,
            DisplayName = Current.DisplayName,
        };
    }

    private Member MemberOf(AccountView known, Role role) => new()
    {
        Account = known.Account,
        Slug = known.Slug,
        DisplayName = known.DisplayName,
        Role = role,
        Status = known.Status,
        IsService = Current.Find(known.Account)?.IsService == true,
        Attributes = Current.Find(known.Account)?.Attributes ?? [],
    };

    /// <summary>Stores that somebody is in, and has their account know it.</summary>
    private async Task<Member> JoinAsync(TenantState next, Member member, CancellationToken cancellationToken)
    {
        await SaveAsync(next);
        var known = await mint.AsSystemAsync("members", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(member.Account)).JoinedAsync(Id, cancellationToken));
        if (known.Status != member.Status)
        {
            // Suspended since the account was asked, and before it knew of this tenant: nobody else would say so.
            await MemberStatusAsync(member.Account, known.Status, cancellationToken);
        }

        await WakeStreamsAsync();
        return Current.Find(member.Account) ?? member;
    }

    private Standing Actor() => Current.StandingOf(mint.Current()!.Account);

    private async Task<Reply<Acknowledged>> RemoveAsync(AccountId account, Role actor, CancellationToken cancellationToken)
    {
        if (!TenantRules.RemoveMember(Current, actor, account).TryGet(out var next, out var error))
        {
            return error;
        }

        var isService = Current.Find(account)?.IsService == true;

        if (next != Current)
        {
            await SaveAsync(TeamRules.RemoveFromAll(next, account));
            await mint.AsSystemAsync("members", async () =>
            {
                var left = grains.GetGrain<IAccountGrain>(GrainKeys.Account(account));
                await left.LeftAsync(Id, cancellationToken);
                if (isService)
                {
                    // A machine has no other place to go.
                    _ = await left.RevokeServiceTokenAsync(Id, "", cancellationToken);
                }

                return true;
            });
        }

        await WakeStreamsAsync();
        return Acknowledged.Instance;
    }

    /// <summary>Has every open stream below ask again whether its reader may read; what it would read next is refused in any case.</summary>
    private async Task WakeStreamsAsync()
    {
        try
        {
            await mint.AsSystemAsync("members", async () =>
            {
                await Task.WhenAll(Current.Worktrees.Select(w =>
                    grains.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(Id, w.Name.Worktree)).MembersChangedAsync(CancellationToken.None)));
                return true;
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Not all open streams of tenant {Tenant} were woken after a change of members; they ask at their next renewal", Id);
        }
    }
}
