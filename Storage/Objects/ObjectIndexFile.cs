using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Objects;

/// <summary>
/// The sorted index of one segment or pack (docs/format/pack.md): fanout over the first byte, ids, places, BLAKE3 of it all.
/// </summary>
internal static class ObjectIndexFile
{
    public const int SourceBytes = 32;
    private const int HeaderBytes = 64;
    private const int FanoutBytes = 256 * sizeof(uint);
    private const int PlaceBytes = 16;
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "wtindex\n"u8;

    /// <summary>Encodes an index; <paramref name="source"/> binds it to its file.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> source, IEnumerable<ObjectEntry> objects)
    {
        var entries = objects.DistinctBy(entry => entry.Id).ToArray();
        Array.Sort(entries, static (a, b) => a.Id.CompareTo(b.Id));
        var bytes = new byte[Length(entries.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)entries.Length);
        source.CopyTo(bytes.AsSpan(24));
        Span<uint> fanout = stackalloc uint[256];
        var ids = bytes.AsSpan(HeaderBytes + FanoutBytes);
        var places = ids[(entries.Length * ContentHash.SizeBytes)..];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].Id.CopyTo(ids[(i * ContentHash.SizeBytes)..]);
            fanout[ids[i * ContentHash.SizeBytes]]++;
            var place = places[(i * PlaceBytes)..];
            BinaryPrimitives.WriteUInt64LittleEndian(place, (ulong)entries[i].Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(place[8..], (uint)entries[i].PayloadBytes);
            place[12] = (byte)entries[i].Kind;
        }

        uint total = 0;
        for (var i = 0; i < 256; i++)
        {
            total += fanout[i];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeaderBytes + (i * sizeof(uint))), total);
        }

        Blake3.Hasher.Hash(bytes.AsSpan(0, bytes.Length - ContentHash.SizeBytes), bytes.AsSpan(bytes.Length - ContentHash.SizeBytes));
        return bytes;
    }

    /// <summary>Reads an index; null when it is damaged, of another version or of another file.</summary>
    public static ObjectEntry[]? TryDecode(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> source)
    {
        if (bytes.Length < Length(0) || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != Version
            || !bytes.Slice(24, SourceBytes).SequenceEqual(source))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        if (count > int.MaxValue / 64 || bytes.Length != Length((int)count) || !IsIntact(bytes))
        {
            return null;
        }

        var entries = new ObjectEntry[count];
        var ids = bytes[(HeaderBytes + FanoutBytes)..];
        var places = ids[(entries.Length * ContentHash.SizeBytes)..];
        for (var i = 0; i < entries.Length; i++)
        {
            var place = places[(i * PlaceBytes)..];
            entries[i] = new ObjectEntry(
                ContentHash.FromBytes(ids.Slice(i * ContentHash.SizeBytes, ContentHash.SizeBytes)),
                (long)BinaryPrimitives.ReadUInt64LittleEndian(place),
                (int)BinaryPrimitives.ReadUInt32LittleEndian(place[8..]),
                (ObjectKind)place[12]);
        }

        return entries;
    }

    private static int Length(int count) =>
        checked(HeaderBytes + FanoutBytes + (count * (ContentHash.SizeBytes + PlaceBytes)) + ContentHash.SizeBytes);

    private static bool IsIntact(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[ContentHash.SizeBytes];
        Blake3.Hasher.Hash(bytes[..^ContentHash.SizeBytes], hash);
        return bytes[^ContentHash.SizeBytes..].SequenceEqual(hash);
    }
}
