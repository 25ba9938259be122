using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Accounts;

/// <summary>Sign-in that is confirmed elsewhere, and accounts that an identity provider vouches for.</summary>
public sealed partial class AccountGrain
{
    // The tenth person of one name is a coincidence; the hundredth is somebody who takes names.
    private const int MaxSameNames = 50;

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> ConfirmDeviceAsync(DeviceConfirmation request, CancellationToken cancellationToken)
    {
        if (Blocked() is { } blocked)
        {
            return blocked;
        }

        if (Current.Password is not { } password || !AccountRules.Proves(password, request.Proof))
        {
            _limit.Failed(clock.GetUtcNow());
            return WrongPassword;
        }

        return await mint.AsSystemAsync("device", () => AdmitDeviceAsync(request.Device, request.ExpiresAt, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> AdmitDeviceAsync(string device, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        if (!Current.Exists || Current.Status == TenantStatus.Deactivated)
        {
            return new Refusal { Code = "denied", Message = "The account is deactivated.", Hint = "Ask an operator of the server." };
        }

        var waiting = grains.GetGrain<IDeviceGrain>(device);
        if (!(await waiting.ShowAsync(cancellationToken)).TryGet(out var asked, out var refusal))
        {
            return refusal;
        }

        var token = new TokenRequest { Hash = asked.Token, Label = asked.Client, Scopes = ["*"], ExpiresAt = expiresAt, Kind = TokenKind.Session };
        return (await AddTokenAsync(token, cancellationToken)).TryGet(out _, out refusal) ? await waiting.ConfirmedAsync(cancellationToken) : refusal;
    }

    /// <inheritdoc/>
    public async Task<Reply<AccountView>> StartExternalAsync(ExternalIdentity identity, CancellationToken cancellationToken)
    {
        if (Current.Exists)
        {
            return View();
        }

        // The address is not taken as a name: a provider's word must not take over, nor block, somebody else's account.
        var wished = AccountRules.SlugFrom(identity.Name);
        for (var number = 1; number <= MaxSameNames; number++)
        {
            var slug = number == 1 ? wished : $"{wished[..Math.Min(wished.Length, AccountRules.MaxSlugLength - 3)]}-{number}";
            var name = grains.GetGrain<INameGrain>(GrainKeys.Slug(slug));
            var owner = Owner(identity.Tenant);
            if (options.IsOperator(slug) || !(await name.ReserveAsync(owner, cancellationToken)).TryGet(out _, out _))
            {
                continue;
            }

            var tenant = Tenant(TenantKind.User, slug, identity.Email, identity.DisplayName) with { OwnerSlug = slug, OwnerDisplayName = identity.DisplayName };
            if (!(await grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(identity.Tenant)).CreateAsync(tenant, cancellationToken)).TryGet(out _, out var refusal))
            {
                return refusal;
            }

            (await name.ConfirmAsync(owner, cancellationToken)).Must();
            await SaveAsync(Current with { Tenant = identity.Tenant, Slug = slug, Email = identity.Email, DisplayName = identity.DisplayName, Memberships = [identity.Tenant], AwaitsAdmission = true });
            return View();
        }

        return new Refusal { Code = "already_exists", Message = $"Too many accounts are called '{wished}'.", Hint = "Ask an operator of the server." };
    }
}
