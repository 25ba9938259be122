using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;

namespace W0rktree.Storage.Packs;

/// <summary>
/// The sorted index of one pack, mapped into memory (docs/format/pack.md): says whether an object is there and where, without
/// touching the pack. Thread safe.
/// </summary>
internal sealed class PackIndex : IDisposable
{
    private const int HeaderBytes = 64;
    private const int FanoutBytes = 256 * sizeof(uint);
    private const int IdsStart = HeaderBytes + FanoutBytes;
    private const ushort Version = 1;
    private readonly IStoreMap _map;

    private PackIndex(IStoreMap map, int count) => (_map, Count) = (map, count);

    private static ReadOnlySpan<byte> Magic => "wtpidx\r\n"u8;

    public int Count { get; }

    public static string PathOf(string packPath) => Path.ChangeExtension(packPath, ".wti");

    /// <summary>Encodes an index; <paramref name="pack"/> is the pack's name and binds the two.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> pack, IEnumerable<PackedObject> objects)
    {
        var entries = objects.ToArray();
        Array.Sort(entries, static (a, b) => a.Id.CompareTo(b.Id));
        var bytes = new byte[Length(entries.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)entries.Length);
        pack.CopyTo(bytes.AsSpan(24));
        Span<uint> fanout = stackalloc uint[256];
        var ids = bytes.AsSpan(IdsStart);
        var places = ids[(entries.Length * ContentHash.SizeBytes)..];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].Id.CopyTo(ids[(i * ContentHash.SizeBytes)..]);
            fanout[ids[i * ContentHash.SizeBytes]]++;
            entries[i].Place.Write(places[(i * PackPlace.SizeBytes)..]);
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

    /// <summary>Maps an index; null where it is absent, damaged, of another version or of another pack.</summary>
    public static PackIndex? TryOpen(IStoreFiles files, string path, ReadOnlySpan<byte> pack)
    {
        if (!files.Exists(path))
        {
            return null;
        }

        var map = files.Map(path);
        var count = Check(map, pack);
        if (count >= 0)
        {
            return new PackIndex(map, count);
        }

        map.Dispose();
        return null;
    }

    /// <summary>Tells whether an index still is what its checksum says.</summary>
    public bool IsIntact(ReadOnlySpan<byte> pack) => Check(_map, pack) == Count;

    /// <summary>Finds an object.</summary>
    /// <exception cref="ObjectDisposedException">The pack was merged into another one.</exception>
    public bool TryFind(ContentHash id, out PackPlace place)
    {
        var bytes = _map.Hold();
        try
        {
            Span<byte> wanted = stackalloc byte[ContentHash.SizeBytes];
            id.CopyTo(wanted);
            var at = Search(bytes, wanted);
            place = at < 0 ? default : PackPlace.Read(bytes[(IdsStart + (Count * ContentHash.SizeBytes) + (at * PackPlace.SizeBytes))..]);
            return at >= 0;
        }
        finally
        {
            _map.Release();
        }
    }

    /// <summary>Gives everything in it, in the order of the pack.</summary>
    public PackedObject[] All()
    {
        var bytes = _map.Hold();
        try
        {
            var objects = new PackedObject[Count];
            for (var i = 0; i < objects.Length; i++)
            {
                objects[i] = new PackedObject(
                    ContentHash.FromBytes(bytes.Slice(IdsStart + (i * ContentHash.SizeBytes), ContentHash.SizeBytes)),
                    PackPlace.Read(bytes[(IdsStart + (Count * ContentHash.SizeBytes) + (i * PackPlace.SizeBytes))..]));
            }

            Array.Sort(objects, static (a, b) => a.Place.Offset.CompareTo(b.Place.Offset));
            return objects;
        }
        finally
        {
            _map.Release();
        }
    }

    public void Dispose() => _map.Dispose();

    private int Search(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> wanted)
    {
        // The bounds were checked when the index was opened, but the pages come from the disk anew: never trust them twice.
        var low = wanted[0] == 0 ? 0 : Fanout(bytes, wanted[0] - 1);
        var high = Fanout(bytes, wanted[0]) - 1;
        while (low <= high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            var order = bytes.Slice(IdsStart + (middle * ContentHash.SizeBytes), ContentHash.SizeBytes).SequenceCompareTo(wanted);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private int Fanout(ReadOnlySpan<byte> bytes, int first) =>
        (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[(HeaderBytes + (first * sizeof(uint)))..]), (uint)Count);

    // Gives the number of objects, or -1.
    private static int Check(IStoreMap map, ReadOnlySpan<byte> pack)
    {
        var bytes = map.Hold();
        try
        {
            if (bytes.Length < Length(0) || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != Version
                || !bytes.Slice(24, ContentHash.SizeBytes).SequenceEqual(pack))
            {
                return -1;
            }

            var count = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
            return count <= int.MaxValue / 64 && bytes.Length == Length((int)count)
                && ContentHash.OfContent(bytes[..^ContentHash.SizeBytes]) == ContentHash.FromBytes(bytes[^ContentHash.SizeBytes..])
                ? (int)count
                : -1;
        }
        finally
        {
            map.Release();
        }
    }

    private static int Length(int count) => checked(IdsStart + (count * (ContentHash.SizeBytes + PackPlace.SizeBytes)) + ContentHash.SizeBytes);
}
