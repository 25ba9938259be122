using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects.Encoding;

namespace W0rktree.Core.Audit;

/// <summary>Encodes and decodes audit records (docs/format/audit.md).</summary>
public static class AuditCodec
{
    private const byte Form = (byte)'A';
    private const byte Version = 1;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes a record. Texts that are no UTF-16 lose what is broken in them.</summary>
    public static byte[] Encode(AuditRecord record)
    {
        var writer = new CanonicalWriter(384);
        var entry = record.Entry;
        Span<byte> tenant = stackalloc byte[TenantId.SizeBytes];
        record.Tenant.CopyTo(tenant);
        writer.WriteByte(Form);
        writer.WriteByte(Version);
        writer.WriteBytes(tenant);
        writer.WriteVarint((ulong)record.Number);
        writer.WriteHash(record.Previous);
        writer.WriteSigned(record.At.ToUnixTimeMilliseconds());
        writer.WriteByte((byte)entry.Kind);
        writer.WriteByte((byte)entry.ActorKind);
        foreach (var text in Texts(entry))
        {
            var sizeBytes = Encoding.UTF8.GetByteCount(text);
            writer.WriteVarint(sizeBytes);
            writer.Advance(Encoding.UTF8.GetBytes(text, writer.Reserve(sizeBytes)));
        }

        writer.WriteVarint((ulong)entry.Count);
        return writer.ToArray();
    }

    /// <summary>Gives the hash by which the next record names this one.</summary>
    public static ContentHash HashOf(ReadOnlySpan<byte> encoded) => HashDomain.LogChain.Hash(encoded);

    /// <summary>Decodes a record; null where the bytes are none.</summary>
    public static AuditRecord? TryDecode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Decode(bytes);
        }
        catch (Exception e) when (e is NonCanonicalException or DecoderFallbackException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static AuditRecord Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CanonicalReader(bytes);
        if (reader.ReadByte() != Form || reader.ReadByte() != Version)
        {
            throw new NonCanonicalException("it is no audit record of a known version");
        }

        var tenant = TenantId.FromBytes(reader.ReadBytes(TenantId.SizeBytes));
        var number = Number(reader.ReadVarint());
        var previous = reader.ReadHash();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadSigned());
        var kind = (AuditKind)reader.ReadByte();
        var actor = (AuditActor)reader.ReadByte();
        if (kind is < AuditKind.Change or > AuditKind.Reads || actor is < AuditActor.Anonymous or > AuditActor.System)
        {
            throw new NonCanonicalException("its kind is unknown");
        }

        var entry = new AuditEntry
        {
            Kind = kind,
            ActorKind = actor,
            Actor = Text(ref reader),
            Token = Text(ref reader),
            Address = Text(ref reader),
            Request = Text(ref reader),
            Action = Text(ref reader),
            Permission = Text(ref reader),
            Resource = Text(ref reader),
            Outcome = Text(ref reader),
            Because = Text(ref reader),
            Details = Text(ref reader),
            Count = Number(reader.ReadVarint()),
        };
        reader.RequireEnd();
        return new AuditRecord { Tenant = tenant, Number = number, Previous = previous, At = at, Entry = entry };
    }

    private static string[] Texts(AuditEntry entry) =>
    [
        entry.Actor, entry.Token, entry.Address, entry.Request, entry.Action, entry.Permission, entry.Resource, entry.Outcome, entry.Because, entry.Details,
    ];

    private static string Text(ref CanonicalReader reader) => Strict.GetString(reader.ReadBlock(AuditEntry.MaxTextBytes, "the length of a text"));

    private static long Number(ulong value) => value is > 0 and <= long.MaxValue ? (long)value : throw new NonCanonicalException("a number is out of range");
}
