using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.State;

namespace W0rktree.Grains.Accounts;

/// <summary>Keeps one account. Registration and organisations are here; sign-in and tokens in the other half.</summary>
public sealed partial class AccountGrain(
    [PersistentState("account", StateStores.Name)] IPersistentState<AccountState> storage,
    IGrainFactory grains,
    TicketMint mint,
    RegistrationOptions options,
    TimeProvider clock,
    ExposedStates exposed) : StatefulGrain<AccountState>(storage, exposed), IAccountGrain, IAuditedGrain
{
    private static readonly Refusal WrongPassword = new()
    {
        Code = "denied",
        Message = "The name or the password is wrong.",
    };

    /// <inheritdoc/>
    public TenantId AuditChain => Current.Tenant;

    private AccountId Id => GrainKeys.ReadAccount(this.GetPrimaryKeyString());

    private NameOwner Owner(TenantId tenant) => new() { Account = Id, Tenant = tenant };

    /// <inheritdoc/>
    public async Task<Reply<AccountView>> RegisterAsync(RegisterAccount request, CancellationToken cancellationToken)
    {
        if (AccountRules.CheckRegistration(request) is { } refusal)
        {
            return refusal;
        }

        if (Current.Exists)
        {
            // A repetition after a lost answer has the same salt, which comes from the request's own id, so equal hashes mean equal passwords.
            var same = Current.Slug == request.Slug && Current.Email == request.Email && Current.Password is { } password && AccountRules.Proves(password, request.Password.Hash);
            return same ? View() : Refusals.Invalid("The request's id was used for another account.");
        }

        return await mint.AsSystemAsync<Reply<AccountView>>("register", async () =>
            await UninvitedAsync(request, cancellationToken) is { } uninvited ? uninvited : await CreateAsync(request, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<Reply<AccountView>> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Reply<AccountView>>(Current.Exists ? View() : Refusals.NotFound);

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> CreateOrganizationAsync(CreateOrganization request, CancellationToken cancellationToken)
    {
        if ((ScopeRefusal(Permission.TenantAdmin) ?? StandstillRefusal() ?? AccountRules.CheckSlug(request.Slug) ?? AccountRules.CheckEmail(request.Email)) is { } refusal)
        {
            return refusal;
        }

        if (Current.Memberships.Contains(request.Tenant))
        {
            return Acknowledged.Instance;
        }

        return await mint.AsSystemAsync<Reply<Acknowledged>>("register", async () =>
        {
            var name = grains.GetGrain<INameGrain>(GrainKeys.Slug(request.Slug));
            var owner = new NameOwner { Tenant = request.Tenant };
            if (!(await name.ReserveAsync(owner, cancellationToken)).TryGet(out _, out var taken))
            {
                return taken;
            }

            var tenant = Tenant(TenantKind.Organization, request.Slug, request.Email, request.DisplayName);
            if (!(await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(request.Tenant)).CreateAsync(tenant, cancellationToken)).TryGet(out _, out refusal))
            {
                return refusal;
            }

            (await name.ConfirmAsync(owner, cancellationToken)).Must();
            await SaveAsync(Current with { Memberships = Current.Memberships.Add(request.Tenant) });
            return Acknowledged.Instance;
        });
    }

    /// <inheritdoc/>
    public async Task<AccountView> JoinedAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (!Current.Memberships.Contains(tenant))
        {
            await SaveAsync(Current with { Memberships = Current.Memberships.Add(tenant), AwaitsAdmission = false });
        }

        return View();
    }

    /// <inheritdoc/>
    public Task LeftAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Current.Memberships.Contains(tenant) ? SaveAsync(Current with { Memberships = Current.Memberships.Remove(tenant) }) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<AccountView?> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Current.Exists ? View() : null);

    /// <summary>Takes both names, makes the tenant, makes the names last, and only then lets the account exist.</summary>
    /// <remarks>
    /// A crash before the names are confirmed leaves reservations that lapse. A crash right after leaves names that only a
    /// repetition of the same request can complete: rather a name lost than two owners of one.
    /// </remarks>
    private async Task<Reply<AccountView>> CreateAsync(RegisterAccount request, CancellationToken cancellationToken)
    {
        var owner = Owner(request.Tenant);
        var slug = grains.GetGrain<INameGrain>(GrainKeys.Slug(request.Slug));
        var email = grains.GetGrain<INameGrain>(GrainKeys.Email(request.Email));
        if (!(await slug.ReserveAsync(owner, cancellationToken)).TryGet(out _, out var refusal))
        {
            return refusal;
        }

        if (!(await email.ReserveAsync(owner, cancellationToken)).TryGet(out _, out refusal))
        {
            await slug.ReleaseAsync(owner, cancellationToken);
            return refusal;
        }

        var tenant = Tenant(TenantKind.User, request.Slug, request.Email, request.DisplayName) with { OwnerSlug = request.Slug, OwnerDisplayName = request.DisplayName };
        if (!(await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(request.Tenant)).CreateAsync(tenant, cancellationToken)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        (await slug.ConfirmAsync(owner, cancellationToken)).Must();
        (await email.ConfirmAsync(owner, cancellationToken)).Must();
        await SaveAsync(Current with
        {
            Tenant = request.Tenant,
            Slug = request.Slug,
            Email = request.Email,
            DisplayName = request.DisplayName,
            Password = request.Password,
            Memberships = [request.Tenant],
        });
        return View();
    }

    /// <summary>Refuses where the caller's token was made for less: an account does everything to itself, its tokens need not.</summary>
    private Refusal? ScopeRefusal(string permission) => mint.Current()!.InScope(permission) ? null : Refusals.ScopeExceeded(permission);

    /// <summary>Refuses changes where the account may only read.</summary>
    private Refusal? StandstillRefusal() => Current.Status == TenantStatus.Active ? null
        : new Refusal { Code = "denied", Message = "The account is suspended and may only read.", Hint = "Ask an operator of the server." };

    /// <summary>Refuses an account that the server's configuration lets nobody make, or only who was invited.</summary>
    private async Task<Refusal?> UninvitedAsync(RegisterAccount request, CancellationToken cancellationToken)
    {
        if (options.Mode == RegistrationMode.Open || options.IsOperator(request.Slug))
        {
            return null;
        }

        if (options.Mode == RegistrationMode.Closed || request.InvitedBy == default)
        {
            return new Refusal
            {
                Code = "registration_closed",
                Message = options.Mode == RegistrationMode.Closed ? "Nobody registers at this server by themselves." : "Registering at this server takes an invitation.",
                Hint = options.Mode == RegistrationMode.Closed ? "Ask an operator of the server." : "Ask somebody inside for one: wt tenant invite",
            };
        }

        return (await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(request.InvitedBy)).CheckInvitationAsync(request.Invitation, cancellationToken)).Refusal;
    }

    private CreateTenant Tenant(TenantKind kind, string slug, string email, string displayName) => new()
    {
        Kind = kind,
        Slug = slug,
        Owner = Id,
        OwnerSlug = Current.Slug,
        OwnerDisplayName = Current.DisplayName,
        Email = email,
        DisplayName = displayName,
    };

    private AccountView View() => new()
    {
        Account = Id,
        Tenant = Current.Tenant,
        Slug = Current.Slug,
        Email = Current.Email,
        DisplayName = Current.DisplayName,
        Memberships = Current.Memberships,
        Status = Current.Status,
        AwaitsAdmission = Current.AwaitsAdmission,
    };
}
