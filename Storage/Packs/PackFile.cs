using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>One immutable pack (docs/format/pack.md). Thread safe.</summary>
internal sealed class PackFile : IDisposable
{
    public const int HeaderBytes = 32;

    /// <summary>Checksum and length before an entry's payload.</summary>
    public const int EntryHeadBytes = 8;
    public const ushort Version = 1;
    private readonly IStoreFile _file;

    private PackFile(IStoreFile file, ObjectEntry[] entries) => (_file, Entries) = (file, entries);

    public static ReadOnlySpan<byte> Magic => "wtpack\r\n"u8;

    public string Path => _file.Path;

    public long Length => _file.Length;

    /// <summary>What is in it, by id.</summary>
    public ObjectEntry[] Entries { get; private set; }

    /// <summary>Opens a pack with its index; where that is absent or damaged it is made again from the pack.</summary>
    public static PackFile? TryOpen(IStoreFiles files, string path)
    {
        var file = files.Open(path);
        var header = new byte[HeaderBytes];
        var trailer = new byte[ContentHash.SizeBytes];
        if (file.Length < HeaderBytes + trailer.Length || file.Read(header, 0) != header.Length || !header.AsSpan().StartsWith(Magic)
            || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)) != Version
            || file.Read(trailer, file.Length - trailer.Length) != trailer.Length)
        {
            file.Dispose();
            return null;
        }

        PackFile pack = new(file, []);
        if (TryLoadIndex(files, SegmentIndex.PathOf(path), trailer) is { } entries)
        {
            pack.Entries = entries;
            return pack;
        }

        pack.Entries = [.. pack.Scan()];
        AtomicFile.Write(files, SegmentIndex.PathOf(path), ObjectIndexFile.Encode(trailer, pack.Entries));
        return pack;
    }

    /// <summary>Reads an entry whole; null when it is not what its checksum says.</summary>
    public byte[]? ReadEntry(long offset, int payloadBytes)
    {
        var entry = GC.AllocateUninitializedArray<byte>(EntryHeadBytes + payloadBytes);
        return _file.Read(entry, offset) == entry.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(4)) == payloadBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(entry) == Crc32C.Of(entry.AsSpan(4))
            ? entry
            : null;
    }

    /// <summary>Tells whether the whole file is what its trailer says.</summary>
    public bool IsIntact()
    {
        using var hasher = Blake3.Hasher.New();
        var buffer = new byte[1 << 20];
        var end = _file.Length - ContentHash.SizeBytes;
        for (long at = 0; at < end;)
        {
            var count = _file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
            if (count == 0)
            {
                return false;
            }

            hasher.Update(buffer.AsSpan(0, count));
            at += count;
        }

        var trailer = new byte[ContentHash.SizeBytes];
        var actual = new byte[ContentHash.SizeBytes];
        hasher.Finalize(actual);
        return _file.Read(trailer, end) == trailer.Length && trailer.AsSpan().SequenceEqual(actual);
    }

    public void Dispose() => _file.Dispose();

    private static ObjectEntry[]? TryLoadIndex(IStoreFiles files, string path, byte[] trailer)
    {
        if (!files.Exists(path))
        {
            return null;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? ObjectIndexFile.TryDecode(bytes, trailer) : null;
    }

    private IEnumerable<ObjectEntry> Scan()
    {
        var head = new byte[EntryHeadBytes + ObjectHead.SizeBytes];
        var end = _file.Length - ContentHash.SizeBytes;
        for (long at = HeaderBytes; at + head.Length <= end && _file.Read(head, at) == head.Length;)
        {
            var payload = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));

            // Lengths cannot be trusted beyond a damaged entry, so what follows one is not found this way.
            if (payload > RecordFrame.MaxPayloadBytes || !ObjectHead.TryRead(Padded(head), out var parsed) || ReadEntry(at, (int)payload) is null)
            {
                yield break;
            }

            yield return new ObjectEntry(parsed.Id, at, (int)payload, parsed.Kind);
            at += SpanOf((int)payload);
        }
    }

    public static long SpanOf(int payloadBytes) => (EntryHeadBytes + (long)payloadBytes + 7) & ~7L;

    // A delta's head is followed by its base, which the head alone does not show.
    private static byte[] Padded(byte[] head) => [.. head.AsSpan(EntryHeadBytes), .. new byte[ContentHash.SizeBytes]];
}
