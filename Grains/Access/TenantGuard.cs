using Microsoft.Extensions.Logging;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;

namespace W0rktree.Grains.Access;

/// <summary>Decides for the grains below a tenant: asks the tenant, at this moment, what the caller is to it, and applies the rules.</summary>
public sealed class TenantGuard(IGrainFactory grains, TicketMint mint, ILogger<TenantGuard> log)
{
    /// <summary>Decides about something of a tenant.</summary>
    public async Task<Refusal?> RefuseAsync(TenantId tenant, CallerTicket caller, string permission, CancellationToken cancellationToken) =>
        Judge(tenant, caller, permission, await StandingAsync(tenant, caller, cancellationToken));

    /// <summary>Decides about a tree, which must exist: to a member without the permission both cases look the same too.</summary>
    public async Task<Refusal?> RefuseAsync(TreeAddress tree, CallerTicket caller, string permission, CancellationToken cancellationToken)
    {
        var refusal = await RefuseAsync(tree.Tenant, caller, permission, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var exists = await mint.AsSystemAsync("guard", () => grains.GetGrain<ITreeGrain>(GrainKeys.Tree(tree)).ExistsAsync(cancellationToken));
        return exists ? null : Refusals.NotFound;
    }

    /// <summary>Asks the tenant what the caller is to it.</summary>
    public Task<Standing> StandingAsync(TenantId tenant, CallerTicket caller, CancellationToken cancellationToken) =>
        mint.AsSystemAsync("guard", () => grains.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).StandingOfAsync(caller.Account, cancellationToken));

    /// <summary>Applies the rules to a standing that the caller of this method knows to be current.</summary>
    public Refusal? Judge(TenantId tenant, CallerTicket caller, string permission, Standing standing)
    {
        var decision = AccessRules.Decide(new AccessRequest(standing, permission));
        if (!decision.IsAllowed)
        {
            log.LogInformation(
                "Request {Request}: account {Account} refused {Permission} in tenant {Tenant}: {Because}",
                caller.RequestId, caller.Account, permission, tenant, string.Join("; ", decision.Because));
        }

        return decision switch
        {
            AccessDecision.Allowed => null,
            AccessDecision.Denied => Refusals.PermissionDenied(permission),
            _ => Refusals.NotFound,
        };
    }
}
