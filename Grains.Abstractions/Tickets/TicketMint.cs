using System.Security.Cryptography;
using Orleans.Runtime;

namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Makes tickets, puts them into the request context of the calls that follow in the same flow, and reads them there. Thread-safe.</summary>
/// <remarks>
/// One request leads to a handful of calls with the same ticket: its signature is computed once in a process, by whoever makes or first
/// reads it, and its time and key are looked at each time.
/// </remarks>
public sealed class TicketMint(TicketKeyRing keys, TimeProvider clock)
{
    /// <summary>The key in Orleans' request context.</summary>
    public const string ContextKey = "wt.ticket";

    // As many as there are requests at work at once, or so. Two that fall on one place cost a signature each time they alternate.
    private const int Places = 256;

    private readonly Known?[] _known = new Known?[Places];

    /// <summary>Makes a ticket for nobody.</summary>
    public CallerTicket Anonymous(string requestId) => Fresh(requestId) with { Kind = PrincipalKind.Anonymous };

    /// <summary>Starts a ticket with id and times set; the caller names the principal.</summary>
    public CallerTicket Fresh(string requestId)
    {
        var now = clock.GetUtcNow();
        return new CallerTicket { Kind = PrincipalKind.Anonymous, RequestId = requestId, IssuedAt = now, ExpiresAt = now + CallerTicket.MaxLife };
    }

    /// <summary>Lets the calls that follow in this flow carry the ticket.</summary>
    public void Present(CallerTicket ticket)
    {
        var text = TicketCodec.Write(ticket, keys);
        Remember(text, ticket);
        RequestContext.Set(ContextKey, text);
    }

    /// <summary>Reads the ticket that came with the current call; null where there is none that holds.</summary>
    public CallerTicket? Current() => Read(RequestContext.Get(ContextKey) as string);

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
        Read(ticket as string)?.RequestId ?? DrawRequestId();

    private CallerTicket? Read(string? text)
    {
        var now = clock.GetUtcNow();
        if (text is null)
        {
            return null;
        }

        if (Volatile.Read(ref PlaceOf(text)) is { } known && known.Text == text)
        {
            return TicketCodec.Holds(text, known.Ticket, keys, now) ? known.Ticket : null;
        }

        var ticket = TicketCodec.TryRead(text, keys, now);
        if (ticket is not null)
        {
            Remember(text, ticket);
        }

        return ticket;
    }

    /// <summary>Keeps a ticket that this process signed, or whose signature it verified, until another takes its place.</summary>
    private void Remember(string text, CallerTicket ticket) => Volatile.Write(ref PlaceOf(text), new Known(text, ticket));

    // The last characters are of the signature, and so as good as drawn by lot.
    private ref Known? PlaceOf(string text) => ref _known[(uint)string.GetHashCode(text.AsSpan(Math.Max(0, text.Length - 12)), StringComparison.Ordinal) % Places];

    private sealed record Known(string Text, CallerTicket Ticket);
}
