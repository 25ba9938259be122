using System.Collections.Immutable;
using Orleans.Concurrency;
using W0rktree.Core.Audit;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Access;

namespace W0rktree.Grains.Audit;

/// <summary>Reads a tenant's chain for those who may.</summary>
public sealed class AuditGrain(IAuditLog log, IGrainFactory grains, TenantGuard guard, TicketMint mint) : Grain, IAuditGrain, IGuardedGrain
{
    // A record has ten texts of 1 KiB at most, in truth some hundred bytes; a message may have 256 KiB.
    private const int PageBytes = 192 << 10;
    private const int PageRecords = 500;

    private TenantId Tenant => GrainKeys.ReadTenant(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public async ValueTask<Refusal?> RefuseAsync(CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        await guard.RefuseAsync(Tenant, caller, permission, cancellationToken);

    /// <inheritdoc/>
    public async Task<Reply<AuditEnds>> EndsAsync(CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(Tenant, cancellationToken);
        return new AuditEnds
        {
            Tenant = Tenant,
            Pruned = head.From.Count,
            PrunedHash = head.From.Hash,
            Count = head.To.Count,
            Hash = head.To.Hash,

            // A tenant is made together with the first record of its chain: one without any had it removed.
            Authentic = head.Authentic && head.To.Count > 0,
        };
    }

    /// <inheritdoc/>
    public async Task<Reply<AuditPage>> ReadAsync(long from, CancellationToken cancellationToken)
    {
        var records = await log.ReadAsync(Tenant, from, PageRecords, cancellationToken);
        var size = 0;
        var page = records.TakeWhile(record => (size += record.Length) <= PageBytes || size == record.Length).ToImmutableArray();
        return new AuditPage { Records = page, Names = await NamesAsync(page, cancellationToken) };
    }

    private async Task<ImmutableDictionary<string, string>> NamesAsync(ImmutableArray<ImmutableArray<byte>> records, CancellationToken cancellationToken)
    {
        var accounts = records.Select(r => AuditCodec.TryDecode(r.AsSpan())?.Entry).Where(e => e?.ActorKind == AuditActor.Account).Select(e => e!.Actor).Distinct();
        var names = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var account in accounts)
        {
            if (AccountId.TryParse(account, out var id)
                && await mint.AsSystemAsync("audit", () => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(Tenant)).StandingOfAsync(id, cancellationToken)) is { Slug.Length: > 0 } standing)
            {
                names[account] = standing.Slug;
            }
        }

        return names.ToImmutable();
    }
}
