using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>
/// One entry of a pack with its bytes (docs/format/pack.md). An entry carries no id: the index names it and the content proves
/// it, and 32 bytes an object would be a third of a history of small changes. Only a list of chunks, whose id its bytes do not
/// give, has it.
/// </summary>
internal sealed class PackEntry
{
    public const int MaxHeadBytes = ChecksumBytes + 2 + (3 * MaxVarintBytes) + ContentHash.SizeBytes;
    private const int ChecksumBytes = sizeof(uint);
    private const int MaxVarintBytes = 6;
    private const int CodecShift = 3;
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly int _dataBytes;

    private PackEntry(byte[] bytes, int dataStart, int dataBytes) => (_bytes, _dataStart, _dataBytes) = (bytes, dataStart, dataBytes);

    public required ObjectKind Kind { get; init; }

    public required ObjectCodec Codec { get; init; }

    /// <summary>Length of the object.</summary>
    public required int RawBytes { get; init; }

    /// <summary>0 without a base, else one more than that of the base.</summary>
    public required byte Depth { get; init; }

    /// <summary>How far before this entry its base begins; 0 without one.</summary>
    public required long BaseDistance { get; init; }

    /// <summary>The id, which only a list of chunks has.</summary>
    public required ContentHash? Id { get; init; }

    public int TotalBytes => _dataStart + _dataBytes;

    /// <summary>What is stored: the object as it is, or a zstd frame without its first four bytes.</summary>
    public ReadOnlySpan<byte> Data => _bytes.AsSpan(_dataStart, _dataBytes);

    /// <summary>Expands into <paramref name="content"/>, which has <see cref="RawBytes"/>; false where it cannot be expanded.</summary>
    public bool TryExpand(ReadOnlySpan<byte> @base, Span<byte> content)
    {
        if (Codec == ObjectCodec.Raw)
        {
            return Data.Length == content.Length && Data.TryCopyTo(content);
        }

        // The four bytes that every frame begins with are not stored; there is always room for them in the head.
        var frame = _bytes.AsSpan(_dataStart - ZstdDelta.MagicBytes, _dataBytes + ZstdDelta.MagicBytes);
        ZstdDelta.Magic.CopyTo(frame);
        return Codec == ObjectCodec.Zstd ? Zstd.TryExpand(frame, content) : ZstdDelta.TryExpand(frame, @base, content);
    }

    /// <summary>Writes the head of an entry and its checksum; returns its length.</summary>
    public static int WriteHead(
        Span<byte> target, ObjectKind kind, ObjectCodec codec, byte depth, long baseDistance, int rawBytes, ContentHash? id, ReadOnlySpan<byte> data)
    {
        var at = ChecksumBytes;
        target[at++] = (byte)((int)kind | ((int)codec << CodecShift));
        if (codec == ObjectCodec.ZstdDelta)
        {
            target[at++] = depth;
            at += WriteVarint(target[at..], (ulong)baseDistance);
        }

        at += WriteVarint(target[at..], (ulong)rawBytes);
        at += WriteVarint(target[at..], (ulong)data.Length);
        if (id is { } own)
        {
            own.CopyTo(target[at..]);
            at += ContentHash.SizeBytes;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Seed, target[ChecksumBytes..at]), data)));
        return at;
    }

    /// <summary>Reads how long an entry is from its first bytes; -1 where that is no head.</summary>
    public static int LengthOf(ReadOnlySpan<byte> head) => TryParse(head, out _, out var start, out var data) ? start + data : -1;

    /// <summary>Reads an entry; null where its checksum or form is wrong. Takes the array.</summary>
    public static PackEntry? TryRead(byte[] bytes)
    {
        if (!TryParse(bytes, out var head, out var start, out var count) || start + count != bytes.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Of(bytes.AsSpan(ChecksumBytes)))
        {
            return null;
        }

        return new PackEntry(bytes, start, count)
        {
            Kind = head.Kind,
            Codec = head.Codec,
            RawBytes = head.RawBytes,
            Depth = head.Depth,
            BaseDistance = head.BaseDistance,
            Id = head.Id,
        };
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, out Head head, out int start, out int count)
    {
        (head, start, count) = (default, ChecksumBytes + 1, 0);
        if (bytes.Length <= start)
        {
            return false;
        }

        var kind = (ObjectKind)(bytes[ChecksumBytes] & ((1 << CodecShift) - 1));
        var codec = (ObjectCodec)(bytes[ChecksumBytes] >> CodecShift);
        if (kind is < ObjectKind.Content or > ObjectKind.Snapshot || codec > ObjectCodec.ZstdDelta)
        {
            return false;
        }

        byte depth = 0;
        ulong distance = 0;
        if (codec == ObjectCodec.ZstdDelta)
        {
            depth = bytes[start++];
            if (!TryReadVarint(bytes, ref start, PackPlace.MaxOffset, out distance) || distance == 0 || depth is 0 or > DeltaLimits.FormatDepth)
            {
                return false;
            }
        }

        if (!TryReadVarint(bytes, ref start, ObjectHead.MaxRawBytes, out var raw) || !TryReadVarint(bytes, ref start, ObjectHead.MaxRawBytes + 1024, out var data))
        {
            return false;
        }

        ContentHash? id = null;
        if (kind == ObjectKind.ChunkList)
        {
            if (bytes.Length < start + ContentHash.SizeBytes)
            {
                return false;
            }

            id = ContentHash.FromBytes(bytes.Slice(start, ContentHash.SizeBytes));
            start += ContentHash.SizeBytes;
        }

        count = (int)data;
        head = new Head(kind, codec, (int)raw, depth, (long)distance, id);
        return true;
    }

    private static int WriteVarint(Span<byte> target, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[at++] = (byte)(value | 0x80);
        }

        target[at++] = (byte)value;
        return at;
    }

    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int at, long limit, out ulong value)
    {
        value = 0;
        for (var shift = 0; at < bytes.Length && shift < MaxVarintBytes * 7; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value <= (ulong)limit;
            }
        }

        return false;
    }

    private readonly record struct Head(ObjectKind Kind, ObjectCodec Codec, int RawBytes, byte Depth, long BaseDistance, ContentHash? Id);
}
