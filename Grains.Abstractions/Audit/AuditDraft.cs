using Orleans.Runtime;
using W0rktree.Core.Audit;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Grains.Abstractions.Audit;

/// <summary>Says what a request is about before anybody knows how it ends. Travels with the calls that the request leads to.</summary>
/// <remarks>
/// The call filter makes it out of the verified ticket and puts it in place of whatever a caller sent under the same key. The storage
/// turns it into a record in the same transaction as the request's first change.
/// </remarks>
[GenerateSerializer, Immutable]
[Alias("wt.AuditDraft")]
public sealed record AuditDraft
{
    /// <summary>The key of the draft in Orleans' request context.</summary>
    public const string ContextKey = "wt.audit";

    /// <summary>The key of what the front calls the request.</summary>
    public const string ActionKey = "wt.audit.action";

    /// <summary>Gets the tenant whose chain the record belongs to; zero for the server's own.</summary>
    [Id(0)]
    public TenantId Chain { get; init; }

    /// <summary>Gets what kind of principal acts.</summary>
    [Id(1)]
    public required PrincipalKind Kind { get; init; }

    /// <summary>Gets the account's id or the system principal's name.</summary>
    [Id(2)]
    public string Actor { get; init; } = "";

    /// <summary>Gets the public id of the token.</summary>
    [Id(3)]
    public string Token { get; init; } = "";

    /// <summary>Gets where the request came from.</summary>
    [Id(4)]
    public string Address { get; init; } = "";

    /// <summary>Gets the id of the request.</summary>
    [Id(5)]
    public required string Request { get; init; }

    /// <summary>Gets what is done.</summary>
    [Id(6)]
    public required string Action { get; init; }

    /// <summary>Gets the permission that it needs.</summary>
    [Id(7)]
    public string Permission { get; init; } = "";

    /// <summary>Gets what it is done to.</summary>
    [Id(8)]
    public string Resource { get; init; } = "";

    /// <summary>Gets what else the record says.</summary>
    [Id(9)]
    public string Details { get; init; } = "";

    /// <summary>Gets whether the request makes the tenant whose chain it is: a chain that begins otherwise is one that somebody removed.</summary>
    [Id(10)]
    public bool Begins { get; init; }

    /// <summary>Gets the draft that the current call carries; null outside of any request.</summary>
    public static AuditDraft? Current => RequestContext.Get(ContextKey) as AuditDraft;

    /// <summary>Starts a draft for a caller.</summary>
    public static AuditDraft For(CallerTicket caller, string action) => new()
    {
        Kind = caller.Kind,
        Actor = caller.Kind switch
        {
            PrincipalKind.Account => caller.Account.ToString(),
            PrincipalKind.System => caller.SystemName,
            _ => "",
        },
        Token = caller.Kind == PrincipalKind.Account ? caller.Token.PublicId : "",
        Address = caller.Address,
        Request = caller.RequestId,
        Action = action,
    };

    /// <summary>Gives the entry of a record.</summary>
    public AuditEntry ToEntry(AuditKind kind) => new()
    {
        Kind = kind,
        ActorKind = Kind switch
        {
            PrincipalKind.Account => AuditActor.Account,
            PrincipalKind.System => AuditActor.System,
            _ => AuditActor.Anonymous,
        },
        Actor = Actor, Token = Token, Address = Address, Request = Request, Action = Action, Permission = Permission, Resource = Resource, Details = Details,
    };
}
