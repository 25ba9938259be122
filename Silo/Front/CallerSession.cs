using Grpc.Core;
using Orleans;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.Front;

/// <summary>Knows who makes one call, by the token in its metadata or header, and asks the token's grain anew whenever it matters.</summary>
internal sealed class CallerSession(IGrainFactory grains, TicketMint mint, TokenHash? token, string requestId, string address)
{
    private const string Key = "wt.caller";

    /// <summary>Gets the hash of the token.</summary>
    public TokenHash Token => token ?? throw new RefusedException(Refusals.SignedOut);

    /// <summary>Gets the hash of the token; null without one.</summary>
    public TokenHash? TokenOrNone => token;

    /// <summary>Gets or sets what the request is about, for the audit.</summary>
    public AuditSubject Subject { get; set; } = new("unknown");

    /// <summary>Gets or sets whether the audit has a record of the request already.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>Gets the ticket that was made last.</summary>
    public CallerTicket? Ticket { get; private set; }

    /// <summary>Gets the account that calls.</summary>
    public AccountId Account => Ticket?.Account ?? throw new RefusedException(Refusals.SignedOut);

    /// <summary>Gets the request's id.</summary>
    public string RequestId => requestId;

    /// <summary>Gets where the call comes from; empty where that is not known.</summary>
    public string Address => address;

    /// <summary>Gets the session of a call.</summary>
    public static CallerSession Of(ServerCallContext context) => (CallerSession)context.UserState[Key];

    /// <summary>Gets the session of a request.</summary>
    public static CallerSession Of(HttpContext context) => (CallerSession)context.Items[Key]!;

    /// <summary>Reads the token of a call and keeps the session with it.</summary>
    public static CallerSession Open(ServerCallContext context, IGrainFactory grains, TicketMint mint)
    {
        var session = new CallerSession(grains, mint, TokenOf(context.RequestHeaders.GetValue("authorization")), TicketMint.DrawRequestId(), AddressOf(context.Peer));
        context.UserState[Key] = session;
        return session;
    }

    /// <summary>Reads the token of a request and keeps the session with it.</summary>
    public static CallerSession Open(HttpContext context, IGrainFactory grains, TicketMint mint)
    {
        var session = new CallerSession(grains, mint, TokenOf(context.Request.Headers.Authorization), TicketMint.DrawRequestId(), TextOf(context.Connection.RemoteIpAddress));
        context.Items[Key] = session;
        return session;
    }

    private static TokenHash? TokenOf(string? header)
    {
        const string scheme = "Bearer ";
        return header?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true && header.Length <= 256 ? TokenHash.Of(header[scheme.Length..].Trim()) : null;
    }

    private static string TextOf(System.Net.IPAddress? address) =>
        address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    /// <summary>Reads the address out of <c>ipv4:10.0.0.1:5000</c> or <c>ipv6:[::1]:5000</c>; empty for anything else.</summary>
    private static string AddressOf(string peer)
    {
        var start = peer.IndexOf(':', StringComparison.Ordinal) + 1;
        return System.Net.IPEndPoint.TryParse(peer.AsSpan(start), out var end) ? TextOf(end.Address) : "";
    }

    /// <summary>Asks whether the token holds at this moment and makes a ticket; the caller of this method presents it.</summary>
    public async Task<CallerTicket> RenewAsync(CancellationToken cancellationToken)
    {
        mint.Present(mint.Anonymous(requestId));
        var standing = (await grains.GetGrain<ITokenGrain>(GrainKeys.Token(Token)).UseAsync(cancellationToken)).OrRefuse();
        Ticket = mint.Fresh(requestId) with
        {
            Kind = PrincipalKind.Account,
            Account = standing.Account,
            Tenant = standing.Tenant,
            Token = Token,
            Epoch = standing.Epoch,
            Scopes = standing.Scopes,
            Address = address,
        };
        return Ticket;
    }
}
