using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Tenants;

/// <summary>What the tenant may use.</summary>
public sealed partial class TenantGrain
{
    private Quota QuotaInForce => QuotaRules.InForce(quotas.Usual, Current.Quota);

    /// <inheritdoc/>
    public Task<Quota> QuotaAsync(CancellationToken cancellationToken) => Task.FromResult(QuotaInForce);

    /// <inheritdoc/>
    public Task<Reply<QuotaView>> ShowQuotaAsync(CancellationToken cancellationToken) => Task.FromResult<Reply<QuotaView>>(QuotaView());

    /// <inheritdoc/>
    public async Task<Reply<QuotaView>> SetQuotaAsync(QuotaChange change, CancellationToken cancellationToken)
    {
        if (Current.Kind is null)
        {
            return Refusals.NotFound;
        }

        if (!QuotaRules.Set(Current, change).TryGet(out var next, out var error))
        {
            return error;
        }

        if (next != Current)
        {
            await SaveAsync(next, DraftsHere);
        }

        return QuotaView();
    }

    private QuotaView QuotaView() => new() { Tenant = Id, Slug = Current.Slug, Limits = QuotaInForce };
}
