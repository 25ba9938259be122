using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>
/// Writes one pack under a temporary name; objects come in the order of their ids. Publishing puts the index in place first, so
/// that a pack is never there without one but after a crash between two renames, and then the index is a leftover.
/// </summary>
internal sealed class PackWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly IStoreFiles _files;
    private readonly string _folder;
    private readonly string _temporary;
    private readonly IStoreFile _file;
    private readonly Blake3.Hasher _hasher = Blake3.Hasher.New();
    private readonly List<ObjectEntry> _entries = [];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _written;
    private bool _published;

    public PackWriter(IStoreFiles files, string folder, long objectCount)
    {
        (_files, _folder) = (files, folder);
        _temporary = Path.Combine(folder, "pack" + AtomicFile.UnfinishedSuffix);
        if (files.Exists(_temporary))
        {
            files.Delete(_temporary);
        }

        _file = files.Create(_temporary);
        Span<byte> header = stackalloc byte[PackFile.HeaderBytes];
        header.Clear();
        PackFile.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], PackFile.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], (ulong)objectCount);
        Append(header);
    }

    public long Length => _written + _buffered;

    /// <summary>Appends an object; <paramref name="base"/> is given exactly for a delta and is in the same pack.</summary>
    public void Add(in ObjectHead head, ContentHash? @base, ReadOnlySpan<byte> data)
    {
        var offset = Length;
        var payload = head.DataOffset + data.Length;
        Span<byte> start = stackalloc byte[PackFile.EntryHeadBytes + ObjectHead.SizeBytes + ContentHash.SizeBytes];
        start = start[..(PackFile.EntryHeadBytes + head.DataOffset)];
        BinaryPrimitives.WriteUInt32LittleEndian(start[4..], (uint)payload);
        head.Write(start[PackFile.EntryHeadBytes..]);
        if (@base is { } id)
        {
            id.CopyTo(start[(PackFile.EntryHeadBytes + ObjectHead.SizeBytes)..]);
        }

        var checksum = Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Seed, start[4..]), data));
        BinaryPrimitives.WriteUInt32LittleEndian(start, checksum);
        Append(start);
        Append(data);
        Span<byte> padding = stackalloc byte[7];
        padding.Clear();
        Append(padding[..(int)(PackFile.SpanOf(payload) - PackFile.EntryHeadBytes - payload)]);
        _entries.Add(new ObjectEntry(head.Id, offset, payload, head.Kind));
    }

    /// <summary>Makes the pack durable and gives it its name; returns its path.</summary>
    public string Publish()
    {
        Flush();
        Span<byte> trailer = stackalloc byte[ContentHash.SizeBytes];
        _hasher.Finalize(trailer);
        _file.Write(trailer, _written);
        _file.SyncData();
        _file.Dispose();
        var path = Path.Combine(_folder, $"{ContentHash.FromBytes(trailer)}.wtp");
        AtomicFile.Write(_files, SegmentIndex.PathOf(path), ObjectIndexFile.Encode(trailer, _entries));
        _files.Rename(_temporary, path);
        _files.SyncFolder(_folder);
        _published = true;
        return path;
    }

    public void Dispose()
    {
        _hasher.Dispose();
        _file.Dispose();
        if (!_published && _files.Exists(_temporary))
        {
            _files.Delete(_temporary);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _hasher.Update(bytes);
        if (_buffered + bytes.Length > BufferBytes)
        {
            Flush();
        }

        if (bytes.Length > BufferBytes)
        {
            _file.Write(bytes, _written);
            _written += bytes.Length;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    private void Flush()
    {
        _file.Write(_buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }
}
