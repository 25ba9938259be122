using System.Security.Cryptography;

namespace W0rktree.Grains.Abstractions.Tickets;

/// <summary>Holds one secret of the cluster that tickets are signed with.</summary>
public sealed class TicketKey
{
    /// <summary>The size in bytes: that of SHA-256's output, beyond which HMAC gains nothing.</summary>
    public const int SizeBytes = 32;

    /// <summary>The length of <see cref="Id"/>.</summary>
    public const int IdDigits = 8;

    private readonly byte[] _secret;

    /// <summary>Initializes a key.</summary>
    /// <exception cref="ArgumentException">The secret does not have 32 bytes.</exception>
    public TicketKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SizeBytes)
        {
            throw new ArgumentException($"A ticket key has {SizeBytes} bytes.", nameof(secret));
        }

        _secret = secret.ToArray();
        // The id travels with every ticket: a hash of the secret names the key without giving it away.
        Id = Convert.ToHexStringLower(SHA256.HashData([.. "w0rktree ticket key id"u8, .. secret]).AsSpan(0, IdDigits / 2));
    }

    /// <summary>Gets eight digits that name the key.</summary>
    public string Id { get; }

    /// <summary>Draws a new key.</summary>
    public static TicketKey Draw() => new(RandomNumberGenerator.GetBytes(SizeBytes));

    internal void Sign(ReadOnlySpan<byte> payload, Span<byte> mac) => HMACSHA256.HashData(_secret, payload, mac);
}
