using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;

namespace W0rktree.Storage.Collection;

/// <summary>The file that remembers since when nothing refers to an object (docs/format/garbage.md).</summary>
internal static class GarbageFile
{
    private const int HeaderBytes = 24;
    private const int EntryBytes = ContentHash.SizeBytes + sizeof(long);
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "wtgarb\r\n"u8;

    /// <summary>Reads the file; null where it is absent or damaged.</summary>
    public static IReadOnlyList<KeyValuePair<ContentHash, DateTimeOffset>>? TryRead(IStoreFiles files, string path)
    {
        if (!files.Exists(path))
        {
            return null;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? TryDecode(bytes) : null;
    }

    /// <summary>Replaces the file.</summary>
    public static void Write(IStoreFiles files, string path, IEnumerable<KeyValuePair<ContentHash, DateTimeOffset>> entries) =>
        AtomicFile.Write(files, path, Encode(entries));

    public static byte[] Encode(IEnumerable<KeyValuePair<ContentHash, DateTimeOffset>> entries)
    {
        var sorted = entries.OrderBy(entry => entry.Key).ToArray();
        var bytes = new byte[HeaderBytes + (sorted.Length * EntryBytes) + ContentHash.SizeBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
        {
            var entry = bytes.AsSpan(HeaderBytes + (i * EntryBytes));
            sorted[i].Key.CopyTo(entry);
            BinaryPrimitives.WriteInt64LittleEndian(entry[ContentHash.SizeBytes..], sorted[i].Value.ToUnixTimeMilliseconds());
        }

        ContentHash.OfContent(bytes.AsSpan(..^ContentHash.SizeBytes)).CopyTo(bytes.AsSpan(^ContentHash.SizeBytes..));
        return bytes;
    }

    public static IReadOnlyList<KeyValuePair<ContentHash, DateTimeOffset>>? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes + ContentHash.SizeBytes || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != Version
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) != (ulong)((bytes.Length - HeaderBytes - ContentHash.SizeBytes) / EntryBytes)
            || ContentHash.OfContent(bytes[..^ContentHash.SizeBytes]) != ContentHash.FromBytes(bytes[^ContentHash.SizeBytes..]))
        {
            return null;
        }

        List<KeyValuePair<ContentHash, DateTimeOffset>> entries = [];
        for (var at = HeaderBytes; at + EntryBytes <= bytes.Length - ContentHash.SizeBytes; at += EntryBytes)
        {
            var time = BinaryPrimitives.ReadInt64LittleEndian(bytes[(at + ContentHash.SizeBytes)..]);
            entries.Add(new(ContentHash.FromBytes(bytes.Slice(at, ContentHash.SizeBytes)), DateTimeOffset.FromUnixTimeMilliseconds(time)));
        }

        return entries;
    }
}
