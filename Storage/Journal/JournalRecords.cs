using System.Buffers.Binary;
using System.Text;
using W0rktree.Storage.Meta;

namespace W0rktree.Storage.Journal;

/// <summary>The last record of a transaction: everything that carries its number counts from here.</summary>
/// <param name="Sequence">Number of the commit, one more than that of the commit before.</param>
/// <param name="DurableSequence">Commits up to this one were known to be durable when the record was written.</param>
/// <param name="ObjectCount">Object records of the transaction; one object may have two, when two threads wrote it at once.</param>
/// <param name="MetaCount">Metadata records of the transaction.</param>
/// <param name="Link">The chain after this commit.</param>
internal sealed record CommitRecord(ulong Sequence, ulong DurableSequence, uint ObjectCount, uint MetaCount, byte[] Link)
{
    public const int SizeBytes = 24 + CommitChain.LinkBytes;

    public byte[] Encode()
    {
        var payload = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), DurableSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(16), ObjectCount);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(20), MetaCount);
        Link.CopyTo(payload, 24);
        return payload;
    }

    public static CommitRecord? Decode(ReadOnlySpan<byte> payload) => payload.Length != SizeBytes
        ? null
        : new CommitRecord(
            BinaryPrimitives.ReadUInt64LittleEndian(payload),
            BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(payload[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(payload[20..]),
            payload[24..].ToArray());
}

/// <summary>The payloads of Put, Delete and Durable.</summary>
internal static class JournalRecords
{
    public static byte[] EncodePut(MetaKey key, ReadOnlySpan<byte> value)
    {
        var payload = new byte[KeyBytes(key) + value.Length];
        value.CopyTo(payload.AsSpan(WriteKey(key, payload)));
        return payload;
    }

    public static byte[] EncodeDelete(MetaKey key)
    {
        var payload = new byte[KeyBytes(key)];
        WriteKey(key, payload);
        return payload;
    }

    public static bool TryDecodeKey(ReadOnlySpan<byte> payload, out MetaKey key, out ReadOnlySpan<byte> value)
    {
        key = default;
        value = default;
        if (payload.Length < 1 || payload.Length < 3 + payload[0])
        {
            return false;
        }

        int tableBytes = payload[0];
        int keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload[(1 + tableBytes)..]);
        var rest = payload[(3 + tableBytes)..];
        if (rest.Length < keyBytes)
        {
            return false;
        }

        key = new MetaKey(Encoding.ASCII.GetString(payload.Slice(1, tableBytes)), rest[..keyBytes].ToArray());
        value = rest[keyBytes..];
        return true;
    }

    public static byte[] EncodeDurable(ulong sequence)
    {
        var payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, sequence);
        return payload;
    }

    public static ulong DecodeDurable(ReadOnlySpan<byte> payload) =>
        payload.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(payload) : 0;

    private static int KeyBytes(MetaKey key) => 3 + key.Table.Length + key.Key.Length;

    private static int WriteKey(MetaKey key, Span<byte> payload)
    {
        payload[0] = (byte)key.Table.Length;
        Encoding.ASCII.GetBytes(key.Table, payload[1..]);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[(1 + key.Table.Length)..], (ushort)key.Key.Length);
        key.Key.CopyTo(payload[(3 + key.Table.Length)..]);
        return KeyBytes(key);
    }
}
