using System.Collections.Immutable;
using Orleans.Runtime;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Grains.Abstractions.Audit;

/// <summary>Hands the storage what the audit records of a write: it is part of the write, so it goes the way that the write goes.</summary>
public static class AuditedWrite
{
    private const string ContextKey = "wt.audit.write";

    /// <summary>Gets what is to be recorded with the write that runs in this flow; null where nobody said so, which is a defect.</summary>
    public static ImmutableArray<AuditDraft>? Current => RequestContext.Get(ContextKey) is AuditDraft[] drafts ? [.. drafts] : null;

    /// <summary>Says what is to be recorded with the write that follows in this flow; nothing for bookkeeping.</summary>
    public static void Set(ImmutableArray<AuditDraft> drafts) => RequestContext.Set(ContextKey, drafts.ToArray());

    /// <summary>Ends what <see cref="Set"/> began.</summary>
    public static void Clear() => RequestContext.Remove(ContextKey);

    /// <summary>Drafts a write that no request led to: an activation that mends its own state.</summary>
    public static AuditDraft Unasked(Type state) => new()
    {
        Kind = PrincipalKind.System, Actor = "silo", Request = TicketMint.DrawRequestId(), Action = $"silo.{state.Name}",
    };
}
