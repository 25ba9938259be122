using System.Buffers.Binary;

namespace W0rktree.Storage.Journal;

/// <summary>The first 80 bytes of a journal segment: who it is and which commit it continues.</summary>
/// <param name="Number">Number of the segment, as in its file name.</param>
/// <param name="Salt">16 random bytes that every record checksum of the segment covers.</param>
/// <param name="Sequence">Number of the last commit written before the segment began.</param>
/// <param name="Link">The chain after that commit.</param>
internal sealed record SegmentHeader(uint Number, byte[] Salt, ulong Sequence, byte[] Link)
{
    public const int SizeBytes = 80;
    public const int SaltBytes = 16;
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "wtjrnl\r\n"u8;

    public static string FileName(uint number) => $"{number:D8}.wtj";

    public byte[] Encode()
    {
        var bytes = new byte[SizeBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), SizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Number);
        Salt.CopyTo(bytes, 24);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), Sequence);
        Link.CopyTo(bytes, 48);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Of(bytes));
        return bytes;
    }

    /// <summary>Reads a header; null when it is not one, damaged, or of another segment.</summary>
    public static SegmentHeader? TryDecode(ReadOnlySpan<byte> bytes, uint number)
    {
        if (bytes.Length != SizeBytes || !bytes.StartsWith(Magic))
        {
            return null;
        }

        Span<byte> copy = stackalloc byte[SizeBytes];
        bytes.CopyTo(copy);
        copy[12..16].Clear();
        var intact = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) == Crc32C.Of(copy)
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) == Version
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) == number;
        return intact
            ? new SegmentHeader(
                number, bytes[24..40].ToArray(), BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]), bytes[48..80].ToArray())
            : null;
    }
}
