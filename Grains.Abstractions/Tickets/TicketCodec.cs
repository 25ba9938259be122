using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using W0rktree.Grains.Abstractions.Identifiers;

namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Writes tickets as signed text and reads them back.</summary>
/// <remarks>
/// <c>wtt1.KEYID.FIELDS.MAC</c>: FIELDS is base64url of the fields joined by <c>|</c>, MAC is base64url of HMAC-SHA256 over
/// everything before the last dot. No field can hold a <c>|</c>: ids are hexadecimal, scopes and names are checked on writing.
/// </remarks>
public static class TicketCodec
{
    private const string Version = "wtt1";
    private const int FieldCount = 11;

    // Clocks of two silos may differ a little; a ticket from further ahead than this is not honest.
    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(5);

    /// <summary>Signs a ticket with the ring's current key.</summary>
    /// <exception cref="ArgumentException">The ticket would live too long, or a field holds the separator.</exception>
    public static string Write(CallerTicket ticket, TicketKeyRing keys)
    {
        if (ticket.ExpiresAt - ticket.IssuedAt > CallerTicket.MaxLife)
        {
            throw new ArgumentException("A ticket lives 30 seconds at most.", nameof(ticket));
        }

        string[] fields =
        [
            ((byte)ticket.Kind).ToString(CultureInfo.InvariantCulture), ticket.Account.ToString(), ticket.Tenant.ToString(),
            ticket.Token.ToString(), ticket.Epoch.ToString(CultureInfo.InvariantCulture), string.Join(',', ticket.Scopes),
            ticket.SystemName, ticket.RequestId, ticket.Address,
            ticket.IssuedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            ticket.ExpiresAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        ];
        if (fields.Any(f => f.Contains('|', StringComparison.Ordinal)) || ticket.Scopes.Any(s => s.Contains(',', StringComparison.Ordinal)))
        {
            throw new ArgumentException("A field of the ticket holds a separator.", nameof(ticket));
        }

        var key = keys.Current;
        var signed = $"{Version}.{key.Id}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', fields)))}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Verifies signature and time, and reads; null where anything is wrong, without saying what.</summary>
    public static CallerTicket? TryRead(string? text, TicketKeyRing keys, DateTimeOffset now)
    {
        var parts = text?.Split('.');
        if (parts is not [Version, var keyId, var body, var mac] || keys.Find(keyId) is not { } key)
        {
            return null;
        }

        var expected = Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes($"{Version}.{keyId}.{body}")));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(mac)))
        {
            return null;
        }

        // The signature is ours, so what follows was written by Write and cannot be malformed.
        var ticket = ReadFields(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(body)).Split('|'));
        return IsInTime(ticket, now) ? ticket : null;
    }

    /// <summary>Tells whether a ticket whose signature was verified earlier still holds: its key is still one of the two, and its time has not passed.</summary>
    internal static bool Holds(string text, CallerTicket ticket, TicketKeyRing keys, DateTimeOffset now) =>
        keys.Find(text.Substring(Version.Length + 1, TicketKey.IdDigits)) is not null && IsInTime(ticket, now);

    private static bool IsInTime(CallerTicket ticket, DateTimeOffset now) =>
        now < ticket.ExpiresAt && ticket.IssuedAt <= now + MaxSkew && ticket.ExpiresAt - ticket.IssuedAt <= CallerTicket.MaxLife;

    private static CallerTicket ReadFields(string[] fields) => fields.Length != FieldCount
        ? throw new InvalidOperationException("A signed ticket has the wrong number of fields.")
        : new()
        {
            Kind = (PrincipalKind)byte.Parse(fields[0], CultureInfo.InvariantCulture),
            Account = AccountId.Parse(fields[1]),
            Tenant = TenantId.Parse(fields[2]),
            Token = TokenHash.Parse(fields[3]),
            Epoch = int.Parse(fields[4], CultureInfo.InvariantCulture),
            Scopes = fields[5].Length == 0 ? [] : [.. fields[5].Split(',')],
            SystemName = fields[6],
            RequestId = fields[7],
            Address = fields[8],
            IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(fields[9], CultureInfo.InvariantCulture)),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(fields[10], CultureInfo.InvariantCulture)),
        };
}
