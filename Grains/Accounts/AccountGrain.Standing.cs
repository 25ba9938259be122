using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Accounts;

/// <summary>Suspension, and service accounts.</summary>
public sealed partial class AccountGrain
{
    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> ModerateAsync(TenantId tenant, TenantStatus status, CancellationToken cancellationToken)
    {
        if (ScopeRefusal(Permission.TenantAdmin) is { } refusal)
        {
            return refusal;
        }

        if (!options.IsOperator(Current.Slug))
        {
            return Refusals.NotFound;
        }

        if (tenant == Current.Tenant)
        {
            return Refusals.Invalid("Operators do not suspend themselves.");
        }

        return await mint.AsSystemAsync("moderation", () => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).ModerateAsync(status, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<Reply<QuotaView>> SetQuotaAsync(QuotaChange change, CancellationToken cancellationToken)
    {
        if (ScopeRefusal(Permission.TenantAdmin) is { } refusal)
        {
            return refusal;
        }

        return options.IsOperator(Current.Slug)
            ? await mint.AsSystemAsync("quota", () => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(change.Tenant)).SetQuotaAsync(change, cancellationToken))
            : Refusals.NotFound;
    }

    /// <inheritdoc/>
    public async Task<AccountView> StandsAsync(TenantStatus status, CancellationToken cancellationToken)
    {
        if (Current.Status != status)
        {
            await SaveAsync(Current with { Status = status, Epoch = status == TenantStatus.Deactivated ? Current.Epoch + 1 : Current.Epoch });
        }

        if (status == TenantStatus.Deactivated)
        {
            // Also where an earlier try was cut off after the write.
            await EndAsync(Current.Tokens, new Revocation { Account = Id, MinEpoch = Current.Epoch }, cancellationToken);
        }

        return View();
    }

    /// <inheritdoc/>
    public async Task<Reply<AccountView>> StartServiceAsync(StartServiceAccount request, CancellationToken cancellationToken)
    {
        if (Current.Exists)
        {
            return Current.ServiceOf == request.Tenant && Current.Slug == request.Slug ? View() : Refusals.Invalid("The id is in use.");
        }

        var name = grains.GetGrain<INameGrain>(GrainKeys.Slug(request.Slug));
        var owner = Owner(request.Tenant);
        if (!(await name.ReserveAsync(owner, cancellationToken)).TryGet(out _, out var taken))
        {
            return taken;
        }

        (await name.ConfirmAsync(owner, cancellationToken)).Must();
        await SaveAsync(Current with { Tenant = request.Tenant, ServiceOf = request.Tenant, Slug = request.Slug, DisplayName = request.Slug, Memberships = [request.Tenant] });
        return View();
    }

    /// <inheritdoc/>
    public async Task<Reply<TokenView>> IssueServiceTokenAsync(TenantId tenant, TokenRequest request, CancellationToken cancellationToken) =>
        IsServiceOf(tenant) ? await AddTokenAsync(request, cancellationToken) : Refusals.NotFound;

    /// <inheritdoc/>
    public async Task<Reply<TokenList>> ListServiceTokensAsync(TenantId tenant, CancellationToken cancellationToken) =>
        IsServiceOf(tenant) ? await ListTokensAsync(cancellationToken) : Refusals.NotFound;

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> RevokeServiceTokenAsync(TenantId tenant, string tokenId, CancellationToken cancellationToken)
    {
        if (!IsServiceOf(tenant))
        {
            return Refusals.NotFound;
        }

        if (tokenId.Length == 0)
        {
            await SaveAsync(Current with { Epoch = Current.Epoch + 1 });
            await EndAsync(Current.Tokens, new Revocation { Account = Id, MinEpoch = Current.Epoch }, cancellationToken);
        }
        else if (Current.Tokens.FirstOrDefault(t => t.Hash.PublicId == tokenId) is { } token)
        {
            await EndAsync([token], new Revocation { Account = Id, Token = token.Hash }, cancellationToken);
        }

        return Acknowledged.Instance;
    }

    private bool IsServiceOf(TenantId tenant) => Current.Exists && Current.ServiceOf == tenant && tenant != default;
}
