using System.Collections.Concurrent;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Abstractions.Vaults;

namespace W0rktree.Silo.Front;

/// <summary>Knows what tenants may use, and counts their requests. Thread-safe.</summary>
/// <remarks>
/// The limit of requests is asked once a minute, unlike rights: a change of it counts from the next minute on. Requests are charged to
/// the tenant that the caller's account belongs to, never to the one asked about: nobody can use up what is somebody else's.
/// </remarks>
internal sealed class QuotaBook(IGrainFactory grains, TicketMint mint, RequestLimits limits, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    // Full, everything is asked anew.
    private const int MaxKept = 100_000;

    private readonly ConcurrentDictionary<TenantId, Kept> _kept = new();

    /// <summary>Says what uploads to a tenant's trees may bring.</summary>
    public async Task<UploadAllowance> AllowanceAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var quota = await AskAsync(tenant, cancellationToken);
        return new UploadAllowance(quota.StorageBytes, quota.FileBytes, quota.UploadBytes);
    }

    /// <summary>Counts a request of somebody; gives the limit where it is one too many.</summary>
    public async Task<Allowance?> CountAsync(CallerTicket caller, CancellationToken cancellationToken) =>
        await LimitAsync(caller.Tenant, cancellationToken) is > 0 and var limit && limits.TakeForTenant(caller.Tenant.ToString(), limit) is { IsGranted: false } exceeded
            ? exceeded : null;

    /// <summary>Says how many requests of a tenant were counted in this minute.</summary>
    public int Counted(TenantId tenant) => limits.TakenForTenant(tenant.ToString());

    private async Task<int> LimitAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(tenant, out var kept) && clock.GetElapsedTime(kept.At) < Life)
        {
            return kept.Requests;
        }

        if (_kept.Count >= MaxKept)
        {
            _kept.Clear();
        }

        var requests = (int)Math.Min(int.MaxValue, (await AskAsync(tenant, cancellationToken)).RequestsPerMinute);
        _kept[tenant] = new Kept(requests, clock.GetTimestamp());
        return requests;
    }

    private Task<Quota> AskAsync(TenantId tenant, CancellationToken cancellationToken) =>
        mint.AsSystemAsync("quota", () => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).QuotaAsync(cancellationToken));

    private sealed record Kept(int Requests, long At);
}
