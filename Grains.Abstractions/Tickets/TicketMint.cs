using System.Security.Cryptography;
using Orleans.Runtime;

namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Makes tickets and puts them into the request context of the calls that follow in the same flow. Thread-safe.</summary>
public sealed class TicketMint(TicketKeyRing keys, TimeProvider clock)
{
    /// <summary>The key in Orleans' request context.</summary>
    public const string ContextKey = "wt.ticket";

    /// <summary>Makes a ticket for nobody.</summary>
    public CallerTicket Anonymous(string requestId) => Fresh(requestId) with { Kind = PrincipalKind.Anonymous };

    /// <summary>Starts a ticket with id and times set; the caller names the principal.</summary>
    public CallerTicket Fresh(string requestId)
    {
        var now = clock.GetUtcNow();
        return new CallerTicket { Kind = PrincipalKind.Anonymous, RequestId = requestId, IssuedAt = now, ExpiresAt = now + CallerTicket.MaxLife };
    }

    /// <summary>Lets the calls that follow in this flow carry the ticket.</summary>
    public void Present(CallerTicket ticket) => RequestContext.Set(ContextKey, TicketCodec.Write(ticket, keys));

    /// <summary>Reads the ticket that came with the current call; null where there is none that holds.</summary>
    public CallerTicket? Current() => TicketCodec.TryRead(RequestContext.Get(ContextKey) as string, keys, clock.GetUtcNow());

    /// <summary>Makes calls as the server itself, under a name, and gives the caller's own ticket back afterwards.</summary>
    /// <param name="name">Who acts, for the audit: <c>branch</c>, <c>staging-expiry</c>.</param>
    /// <param name="calls">The calls.</param>
    public async Task<T> AsSystemAsync<T>(string name, Func<Task<T>> calls)
    {
        var before = RequestContext.Get(ContextKey);
        Present(Fresh(RequestIdOf(before)) with { Kind = PrincipalKind.System, SystemName = name });
        try
        {
            return await calls();
        }
        finally
        {
            if (before is null)
            {
                RequestContext.Remove(ContextKey);
            }
            else
            {
                RequestContext.Set(ContextKey, before);
            }
        }
    }

    /// <summary>Draws an id for a request that brought none.</summary>
    public static string DrawRequestId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private string RequestIdOf(object? ticket) =>
        TicketCodec.TryRead(ticket as string, keys, clock.GetUtcNow())?.RequestId ?? DrawRequestId();
}
