using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;

namespace W0rktree.Storage.Reflog;

/// <summary>
/// The file of entries whose journal segment is closed. Each stands between two copies of its length, so that it is read from
/// the end. Its header is the checkpoint of a pruned beginning: how many entries are gone, and the hash of the last of them.
/// </summary>
internal sealed class ReflogFile : IDisposable
{
    public const int HeaderBytes = 80;
    private const ushort Version = 1;
    private const int FrameBytes = 2 * sizeof(uint);
    private readonly IStoreFile _file;

    private ReflogFile(IStoreFile file, ulong number, ReflogHead pruned) => (_file, Number, Pruned) = (file, number, pruned);

    private static ReadOnlySpan<byte> Magic => "wtreflog"u8;

    public ulong Number { get; }

    /// <summary>The last entry that is no longer in the file.</summary>
    public ReflogHead Pruned { get; }

    public string Path => _file.Path;

    public static string FileName(ulong number) => $"{number:D8}.wtr";

    /// <summary>Makes a file, whole and durable, in one step.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="number">Number of the file; one of that number that a crash left behind is replaced.</param>
    /// <param name="pruned">The last entry that is no longer in it.</param>
    /// <param name="entries">The entries, as <see cref="ReadAll"/> gives them.</param>
    public static ReflogFile Create(IStoreFiles files, string folder, ulong number, ReflogHead pruned, ReadOnlySpan<byte> entries = default)
    {
        var header = new byte[HeaderBytes + entries.Length];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(10), HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), pruned.Sequence);
        pruned.Hash.CopyTo(header.AsSpan(24));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Crc32C.Of(header.AsSpan(0, HeaderBytes)));
        entries.CopyTo(header.AsSpan(HeaderBytes));
        var path = System.IO.Path.Combine(folder, FileName(number));
        AtomicFile.Write(files, path, header);
        return new ReflogFile(files.Open(path), number, pruned);
    }

    /// <summary>Opens a file and drops what a crash left behind the length of the checkpoint; null when it is damaged.</summary>
    public static ReflogFile? TryOpen(IStoreFiles files, string folder, ReflogMark mark)
    {
        var path = System.IO.Path.Combine(folder, FileName(mark.File));
        if (!files.Exists(path))
        {
            return null;
        }

        var file = files.Open(path);
        var header = new byte[HeaderBytes];
        var intact = file.Read(header, 0) == HeaderBytes && header.AsSpan().StartsWith(Magic) && file.Length >= mark.LengthBytes
            && BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)) == Version;
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        header.AsSpan(12, 4).Clear();
        if (!intact || checksum != Crc32C.Of(header))
        {
            file.Dispose();
            return null;
        }

        if (file.Length > mark.LengthBytes)
        {
            file.SetLength(mark.LengthBytes);
        }

        ReflogHead pruned = new(BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16)), ContentHash.FromBytes(header.AsSpan(24, 32)));
        return new ReflogFile(file, mark.File, pruned);
    }

    /// <summary>Appends entries and makes them durable; returns the new length.</summary>
    public long Append(long length, IReadOnlyList<byte[]> entries)
    {
        using MemoryStream stream = new();
        Span<byte> count = stackalloc byte[sizeof(uint)];
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(count, (uint)entry.Length);
            stream.Write(count);
            stream.Write(entry);
            stream.Write(count);
        }

        _file.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length), length);
        _file.SyncData();
        return length + stream.Length;
    }

    /// <summary>Reads the entry that ends at an offset; null when it is damaged. <paramref name="start"/> is where it begins.</summary>
    public ReflogEntry? ReadBefore(long end, out long start)
    {
        start = HeaderBytes;
        Span<byte> count = stackalloc byte[sizeof(uint)];
        if (end < HeaderBytes + FrameBytes || _file.Read(count, end - sizeof(uint)) != sizeof(uint))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(count);
        var begin = end - FrameBytes - length;
        if (begin < HeaderBytes || length > ReflogCodec.MaxEntryBytes)
        {
            return null;
        }

        var entry = new byte[length];
        if (_file.Read(entry, begin + sizeof(uint)) != entry.Length || _file.Read(count, begin) != sizeof(uint)
            || BinaryPrimitives.ReadUInt32LittleEndian(count) != length)
        {
            return null;
        }

        start = begin;
        return ReflogCodec.TryDecode(entry);
    }

    /// <summary>Reads the bytes of all entries between two offsets.</summary>
    public byte[] ReadAll(long from, long end)
    {
        var bytes = new byte[end - from];
        return _file.Read(bytes, from) == bytes.Length ? bytes : throw new EndOfStreamException($"'{Path}' became shorter while it was read.");
    }

    public void Dispose() => _file.Dispose();
}
