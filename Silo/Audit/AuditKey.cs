using System.Buffers.Binary;
using System.Security.Cryptography;
using W0rktree.Core.Audit;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Audit;

namespace W0rktree.Silo.Audit;

/// <summary>Vouches for the ends of chains with a secret that is not in the database: who can write only there cannot make a chain that holds.</summary>
internal sealed class AuditKey(byte[] secret)
{
    /// <summary>The size of a code.</summary>
    public const int CodeBytes = HMACSHA256.HashSizeInBytes;

    /// <summary>Computes the code of a chain's two ends: HMAC-SHA256, as docs/format/audit.md says.</summary>
    public byte[] Vouch(TenantId tenant, AuditMark from, AuditMark to)
    {
        Span<byte> bytes = stackalloc byte[22 + TenantId.SizeBytes + (2 * (8 + ContentHash.SizeBytes))];
        "w0rktree v1 audit ends"u8.CopyTo(bytes);
        tenant.CopyTo(bytes[22..]);
        Write(bytes[38..], from);
        Write(bytes[78..], to);
        return HMACSHA256.HashData(secret, bytes);
    }

    /// <summary>Tells whether a code is the one of these ends.</summary>
    public bool Knows(TenantId tenant, AuditHead head, byte[] code) => CryptographicOperations.FixedTimeEquals(Vouch(tenant, head.From, head.To), code);

    private static void Write(Span<byte> bytes, AuditMark mark)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes, mark.Count);
        mark.Hash.CopyTo(bytes[8..]);
    }
}
