using System.Buffers.Binary;
using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Packs;

/// <summary>One immutable pack and its index (docs/format/pack.md). Thread safe.</summary>
internal sealed class PackFile : IDisposable
{
    public const int HeaderBytes = 32;

    /// <summary>Count of the entries (8) and the hash of everything before it (32).</summary>
    public const int TrailerBytes = 8 + ContentHash.SizeBytes;
    public const ushort Version = 2;

    // An entry whose length nobody told is found out from this many bytes first; most are versions, and shorter.
    private const int FirstReadBytes = 1024;
    private readonly IStoreFile _file;
    private readonly byte[] _trailer;

    private readonly long _end;

    private PackFile(IStoreFile file, byte[] trailer, PackHeader header) =>
        (_file, _trailer, Header, _end) = (file, trailer[8..], header, file.Length - TrailerBytes);

    public static ReadOnlySpan<byte> Magic => "wtpack\r\n"u8;

    public string Path => _file.Path;

    public long Length => _file.Length;

    public PackHeader Header { get; }

    public PackIndex Index { get; private set; } = null!;

    /// <summary>The name, which is the hash of the content.</summary>
    public ContentHash Name => ContentHash.FromBytes(_trailer);

    /// <summary>
    /// Opens a pack with its index; where that is absent or damaged it is made again from the pack. Null where the pack itself
    /// cannot be read; what is damaged is noted.
    /// </summary>
    public static PackFile? TryOpen(IStoreFiles files, string path, List<StoreDamage> damage)
    {
        var file = files.Open(path);
        var trailer = new byte[TrailerBytes];
        if (PackHeader.TryRead(file) is not { } header || file.Read(trailer, file.Length - trailer.Length) != trailer.Length)
        {
            damage.Add(new StoreDamage("A pack is not readable.", path, 0));
            file.Dispose();
            return null;
        }

        PackFile pack = new(file, trailer, header);
        var place = PackIndex.PathOf(path);
        if (PackIndex.TryOpen(files, place, pack._trailer) is { } index)
        {
            pack.Index = index;
            return pack;
        }

        var found = pack.Scan().ToArray();
        var count = BinaryPrimitives.ReadUInt64LittleEndian(trailer);
        if ((ulong)found.Length != count)
        {
            // Lengths cannot be trusted beyond a damaged entry. An index of a part would hide that from the next start.
            damage.Add(new StoreDamage($"A pack lost its index and is damaged itself: {found.Length} of its {count} objects are found.", path, 0));
            file.Dispose();
            return null;
        }

        AtomicFile.Write(files, place, PackIndex.Encode(pack._trailer, found));
        pack.Index = PackIndex.TryOpen(files, place, pack._trailer) ?? throw new IOException($"The index '{place}' cannot be read after it was written.");
        return pack;
    }

    /// <summary>Reads the entry at a place; null when it is not what its checksum says.</summary>
    public PackEntry? ReadEntry(long offset, int entryBytes)
    {
        if (offset < HeaderBytes || offset >= _end)
        {
            return null;
        }

        if (entryBytes > 0)
        {
            var bytes = GC.AllocateUninitializedArray<byte>(entryBytes);
            return _file.Read(bytes, offset) == bytes.Length ? PackEntry.TryRead(bytes) : null;
        }

        Span<byte> head = stackalloc byte[(int)Math.Min(FirstReadBytes, _end - offset)];
        var length = _file.Read(head, offset) == head.Length ? PackEntry.LengthOf(head) : -1;
        return length < 0 || offset + length > _end ? null
            : length <= head.Length ? PackEntry.TryRead(head[..length].ToArray())
            : ReadEntry(offset, length);
    }

    /// <summary>Tells whether pack and index are what their checksums say.</summary>
    public bool IsIntact() => HasIntactContent() && Index.IsIntact(_trailer);

    /// <summary>Tells whether the pack without its index is what its checksum and its name say.</summary>
    public bool HasIntactContent()
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

        var actual = new byte[ContentHash.SizeBytes];
        hasher.Finalize(actual);
        return _trailer.AsSpan().SequenceEqual(actual) && System.IO.Path.GetFileNameWithoutExtension(Path) == Name.ToString();
    }

    public void Dispose()
    {
        Index?.Dispose();
        _file.Dispose();
    }

    // Ids are computed from the content: the entries do not carry them.
    private IEnumerable<PackedObject> Scan()
    {
        PackReader reader = new(new BaseCache());
        for (long at = Header.EntriesStart; at < _end;)
        {
            if (ReadEntry(at, 0) is not { } entry || reader.TryExpand(this, at, entry) is not { } content || IdOf(entry, content) is not { } id)
            {
                yield break;
            }

            yield return new PackedObject(id, new PackPlace(at, entry.TotalBytes, entry.Kind));
            at += entry.TotalBytes;
        }
    }

    private static ContentHash? IdOf(PackEntry entry, ReadOnlySpan<byte> content) => entry.Kind switch
    {
        ObjectKind.Content => ContentHash.OfContent(content),
        ObjectKind.ChunkList => entry.Id,
        ObjectKind.Snapshot => SnapshotCodec.TryIdOf(content)?.Hash,
        _ => DirectoryCodec.TryIdOf(content),
    };
}

/// <summary>The beginning of a pack.</summary>
/// <param name="Effort">How hard it was tried to make it small.</param>
/// <param name="Replaces">The names of the packs that it was made from, which go once it is there.</param>
internal sealed record PackHeader(PackEffort Effort, ImmutableArray<ContentHash> Replaces)
{
    // More packs than this are never merged at once.
    public const int MaxReplaced = 100_000;

    public long EntriesStart => PackFile.HeaderBytes + ((long)Replaces.Length * ContentHash.SizeBytes);

    public byte[] Encode()
    {
        var bytes = new byte[EntriesStart];
        PackFile.Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), PackFile.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)Effort);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)Replaces.Length);
        for (var i = 0; i < Replaces.Length; i++)
        {
            Replaces[i].CopyTo(bytes.AsSpan(PackFile.HeaderBytes + (i * ContentHash.SizeBytes)));
        }

        return bytes;
    }

    public static PackHeader? TryRead(IStoreFile file)
    {
        var head = new byte[PackFile.HeaderBytes];
        if (file.Length < head.Length + PackFile.TrailerBytes || file.Read(head, 0) != head.Length || !head.AsSpan().StartsWith(PackFile.Magic)
            || BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(8)) != PackFile.Version)
        {
            return null;
        }

        var replaced = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(12));
        if (replaced > MaxReplaced || file.Length < head.Length + (replaced * ContentHash.SizeBytes) + PackFile.TrailerBytes)
        {
            return null;
        }

        var names = new byte[replaced * ContentHash.SizeBytes];
        return file.Read(names, head.Length) != names.Length
            ? null
            : new PackHeader(
                BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(10)) == (ushort)PackEffort.Thorough ? PackEffort.Thorough : PackEffort.Quick,
                [.. names.Chunk(ContentHash.SizeBytes).Select(name => ContentHash.FromBytes(name))]);
    }
}
