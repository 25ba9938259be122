using System.Buffers.Binary;

namespace W0rktree.Storage.Journal;

/// <summary>What a journal record says. The numbers are part of the format.</summary>
internal enum RecordType : byte
{
    Object = 1,
    Put = 2,
    Delete = 3,
    Reflog = 4,
    Commit = 5,

    /// <summary>Written after a sync succeeded: commits up to its number were acknowledged.</summary>
    Durable = 6,
}

/// <summary>
/// The 24 bytes before a record's payload (docs/format/journal.md). Their checksum also covers the segment's salt and the
/// record's offset, so that bytes of a journal that someone stores as a file can never be taken for a record.
/// </summary>
internal readonly record struct RecordFrame(RecordType Type, int PayloadBytes, uint PayloadChecksum, ulong Transaction)
{
    public const int SizeBytes = 24;
    public const int Alignment = 8;

    /// <summary>The largest payload: 64 MiB of content and the head of an object.</summary>
    public const int MaxPayloadBytes = (64 * 1024 * 1024) + 64;

    private const ushort Marker = 0x7457;

    /// <summary>Bytes from the start of this record to the next one.</summary>
    public long Span => SpanOf(PayloadBytes);

    public static long SpanOf(int payloadBytes) => (SizeBytes + (long)payloadBytes + Alignment - 1) & ~(Alignment - 1L);

    public void Write(Span<byte> header, ReadOnlySpan<byte> salt, long offset)
    {
        header[4] = (byte)Type;
        header[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Marker);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], PayloadChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Transaction);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Checksum(header, salt, offset));
    }

    public static bool TryRead(ReadOnlySpan<byte> header, ReadOnlySpan<byte> salt, long offset, out RecordFrame frame)
    {
        frame = default;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) != Marker || header[5] != 0 || length > MaxPayloadBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != Checksum(header, salt, offset))
        {
            return false;
        }

        frame = new RecordFrame(
            (RecordType)header[4], (int)length, BinaryPrimitives.ReadUInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[16..]));
        return frame.Type is >= RecordType.Object and <= RecordType.Durable;
    }

    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> salt, long offset)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        var state = Crc32C.Append(Crc32C.Append(Crc32C.Seed, salt), place);
        return Crc32C.Finish(Crc32C.Append(state, header[4..SizeBytes]));
    }
}
