using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
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

    // 32 bytes in base64url.
    private const int MacDigits = 43;

    // More than the ticket of a session has; a longer one is made on the heap.
    private const int MaxOnStack = 1_024;

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

        Span<byte> room = stackalloc byte[MaxOnStack];
        int sizeBytes;
        while (!TryFormat(ticket, room, out sizeBytes))
        {
            room = new byte[2 * room.Length];
        }

        var fields = room[..sizeBytes];
        if (fields.Count((byte)'|') != FieldCount - 1)
        {
            throw new ArgumentException("A field of the ticket holds a separator.", nameof(ticket));
        }

        var key = keys.Current;
        var start = Version.Length + 1 + TicketKey.IdDigits + 1;
        var signed = start + Base64Url.GetEncodedLength(sizeBytes);
        var length = signed + 1 + MacDigits;
        var text = length <= MaxOnStack ? stackalloc char[length] : new char[length];
        Version.CopyTo(text);
        key.Id.CopyTo(text[(Version.Length + 1)..]);
        (text[Version.Length], text[start - 1], text[signed]) = ('.', '.', '.');
        Base64Url.EncodeToChars(fields, text[start..]);
        Sign(key, text[..signed], text[(signed + 1)..]);
        return new string(text);
    }

    /// <summary>Verifies signature and time, and reads; null where anything is wrong, without saying what.</summary>
    public static CallerTicket? TryRead(string? text, TicketKeyRing keys, DateTimeOffset now)
    {
        var whole = text.AsSpan();
        Span<Range> parts = stackalloc Range[5];
        if (whole.Split(parts, '.') != 4 || !whole[parts[0]].SequenceEqual(Version) || keys.Find(whole[parts[1]]) is not { } key)
        {
            return null;
        }

        var signed = whole[..parts[2].End.Value];
        Span<char> expected = stackalloc char[MacDigits];
        Sign(key, signed, expected);
        if (!CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(expected), MemoryMarshal.AsBytes(whole[parts[3]])))
        {
            return null;
        }

        // The signature is ours, so what follows was written by Write and cannot be malformed.
        var ticket = ReadFields(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(whole[parts[2]])).Split('|'));
        return IsInTime(ticket, now) ? ticket : null;
    }

    /// <summary>Tells whether a ticket whose signature was verified earlier still holds: its key is still one of the two, and its time has not passed.</summary>
    internal static bool Holds(string text, CallerTicket ticket, TicketKeyRing keys, DateTimeOffset now) =>
        keys.Find(text.AsSpan(Version.Length + 1, TicketKey.IdDigits)) is not null && IsInTime(ticket, now);

    private static bool TryFormat(CallerTicket ticket, Span<byte> fields, out int sizeBytes) => Utf8.TryWrite(
        fields, CultureInfo.InvariantCulture,
        $"{(byte)ticket.Kind}|{ticket.Account}|{ticket.Tenant}|{ticket.Token}|{ticket.Epoch}|{ScopesOf(ticket)}|{ticket.SystemName}|{ticket.RequestId}|{ticket.Address}|{ticket.IssuedAt.ToUnixTimeMilliseconds()}|{ticket.ExpiresAt.ToUnixTimeMilliseconds()}",
        out sizeBytes);

    private static void Sign(TicketKey key, ReadOnlySpan<char> signed, Span<char> digits)
    {
        var bytes = signed.Length <= MaxOnStack ? stackalloc byte[signed.Length] : new byte[signed.Length];
        Span<byte> mac = stackalloc byte[TicketKey.SizeBytes];
        for (var i = 0; i < signed.Length; i++)
        {
            bytes[i] = signed[i] <= 127 ? (byte)signed[i] : (byte)'?'; // Which nothing that we signed contains.
        }

        key.Sign(bytes, mac);
        Base64Url.EncodeToChars(mac, digits);
    }

    /// <summary>Joins scopes; an account's session has one, for everything.</summary>
    private static string ScopesOf(CallerTicket ticket)
    {
        foreach (var scope in ticket.Scopes)
        {
            if (scope.Contains(','))
            {
                throw new ArgumentException("A field of the ticket holds a separator.", nameof(ticket));
            }
        }

        return ticket.Scopes is [var only] ? only : string.Join(',', ticket.Scopes);
    }

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
