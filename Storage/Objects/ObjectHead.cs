using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Objects;

/// <summary>How the bytes of a stored object are packed. The numbers are part of the format.</summary>
internal enum ObjectCodec : byte
{
    Raw = 0,
    Zstd = 1,

    /// <summary>zstd with another object of the same pack as prefix; in packs only.</summary>
    ZstdDelta = 2,
}

/// <summary>
/// The 40 bytes before an object's data, the same in journal records and pack entries. A delta has the 32 bytes of its
/// base's id between head and data.
/// </summary>
internal readonly record struct ObjectHead(ContentHash Id, ObjectKind Kind, ObjectCodec Codec, byte Depth, int RawBytes)
{
    public const int SizeBytes = 40;

    /// <summary>The largest object: larger content is stored in chunks.</summary>
    public const int MaxRawBytes = 64 * 1024 * 1024;

    /// <summary>Where the data starts within the payload.</summary>
    public int DataOffset => Codec == ObjectCodec.ZstdDelta ? SizeBytes + ContentHash.SizeBytes : SizeBytes;

    public void Write(Span<byte> head)
    {
        Id.CopyTo(head);
        head[32] = (byte)Kind;
        head[33] = (byte)Codec;
        head[34] = Depth;
        head[35] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(head[36..], (uint)RawBytes);
    }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ObjectHead head)
    {
        head = default;
        if (payload.Length < SizeBytes)
        {
            return false;
        }

        var raw = BinaryPrimitives.ReadUInt32LittleEndian(payload[36..]);
        var kind = (ObjectKind)payload[32];
        var codec = (ObjectCodec)payload[33];
        if (raw > MaxRawBytes || kind is < ObjectKind.Content or > ObjectKind.Snapshot || codec > ObjectCodec.ZstdDelta || payload[35] != 0)
        {
            return false;
        }

        head = new ObjectHead(ContentHash.FromBytes(payload[..ContentHash.SizeBytes]), kind, codec, payload[34], (int)raw);
        return payload.Length >= head.DataOffset;
    }
}
