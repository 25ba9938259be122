using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>Where an object stands in a pack: one number of 8 bytes in the index.</summary>
/// <param name="Offset">Start of its entry, below 2^40.</param>
/// <param name="EntryBytes">Length of the entry; 0 where it is 2 MiB or more, and then only the entry itself tells.</param>
/// <param name="Kind">Kind of the object.</param>
internal readonly record struct PackPlace(long Offset, int EntryBytes, ObjectKind Kind)
{
    public const int SizeBytes = 8;
    public const long MaxOffset = (1L << OffsetBits) - 1;
    private const int OffsetBits = 40;
    private const int KindBits = 3;
    private const int LengthBits = 21;

    public void Write(Span<byte> target)
    {
        var length = EntryBytes < 1 << LengthBits ? (ulong)EntryBytes : 0;
        BinaryPrimitives.WriteUInt64LittleEndian(target, (ulong)Offset | ((ulong)Kind << OffsetBits) | (length << (OffsetBits + KindBits)));
    }

    public static PackPlace Read(ReadOnlySpan<byte> source)
    {
        var packed = BinaryPrimitives.ReadUInt64LittleEndian(source);
        return new PackPlace((long)(packed & MaxOffset), (int)(packed >> (OffsetBits + KindBits)), (ObjectKind)((packed >> OffsetBits) & ((1 << KindBits) - 1)));
    }
}

/// <summary>An object of a pack and its place.</summary>
internal readonly record struct PackedObject(ContentHash Id, PackPlace Place);
