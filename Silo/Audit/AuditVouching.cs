using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Silo.Audit;

/// <summary>Says how chains go on, in whatever they are stored, and for which the server vouches: for those that it found as it left them, and that began with their tenant.</summary>
/// <remarks>A chain that was changed behind the server's back, or removed and begun anew, goes on and is never vouched for again.</remarks>
internal static class AuditVouching
{
    /// <summary>Gives the head of a chain that a record was added to, but for its end.</summary>
    /// <param name="tenant">Whose chain; the server's own begins with whatever happens first.</param>
    /// <param name="before">The head before.</param>
    /// <param name="begins">Whether the record is of the request that made the tenant.</param>
    public static AuditHead After(TenantId tenant, AuditHead before, bool begins) =>
        before with { Authentic = before.Authentic && (before.To.Count > 0 || begins || tenant == default) };

    /// <summary>Computes the code to store with the ends: one that fits no ends where nobody vouches.</summary>
    public static byte[] CodeOf(AuditKey key, TenantId tenant, AuditHead head) =>
        head.Authentic ? key.Vouch(tenant, head.From, head.To) : new byte[AuditKey.CodeBytes];

    /// <summary>Tells of records that age removed.</summary>
    /// <param name="to">The checkpoint now.</param>
    /// <param name="from">The one before.</param>
    public static AuditEntry Pruned(AuditMark to, AuditMark from) => new()
    {
        Kind = AuditKind.Change, ActorKind = AuditActor.System, Actor = "audit-retention", Action = "audit.prune", Details = $"from={from} to={to}",
    };
}
