using System.Buffers.Binary;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Packs;

/// <summary>
/// Writes one pack under a temporary name, bases before their deltas. Publishing puts the index in place first, so that a pack
/// is never there without one; an index alone is a leftover of a crash.
/// </summary>
internal sealed class PackWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly IStoreFiles _files;
    private readonly string _folder;
    private readonly string _temporary;
    private readonly IStoreFile _file;
    private readonly Blake3.Hasher _hasher = Blake3.Hasher.New();
    private readonly List<PackedObject> _objects = [];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _written;
    private bool _published;

    public PackWriter(IStoreFiles files, string folder, PackHeader header, string name = "pack")
    {
        (_files, _folder) = (files, folder);
        _temporary = Path.Combine(folder, name + AtomicFile.UnfinishedSuffix);
        if (files.Exists(_temporary))
        {
            files.Delete(_temporary);
        }

        _file = files.Create(_temporary);
        Append(header.Encode());
    }

    public long Length => _written + _buffered;

    public int Count => _objects.Count;

    /// <summary>
    /// Appends an object and returns where it begins. <paramref name="data"/> is the object, or a zstd frame without its first
    /// four bytes; <paramref name="baseOffset"/> counts for a delta alone.
    /// </summary>
    public long Add(ContentHash id, ObjectKind kind, ObjectCodec codec, int rawBytes, ReadOnlySpan<byte> data, byte depth = 0, long baseOffset = 0)
    {
        var offset = Length;
        if (offset > PackPlace.MaxOffset)
        {
            throw new IOException($"The pack would be over {PackPlace.MaxOffset + 1:N0} bytes.");
        }

        Span<byte> head = stackalloc byte[PackEntry.MaxHeadBytes];
        var length = PackEntry.WriteHead(head, kind, codec, depth, offset - baseOffset, rawBytes, kind == ObjectKind.ChunkList ? id : null, data);
        Append(head[..length]);
        Append(data);
        _objects.Add(new PackedObject(id, new PackPlace(offset, length + data.Length, kind)));
        return offset;
    }

    /// <summary>Makes the pack durable and gives it its name; returns its path.</summary>
    public string Publish()
    {
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(count, (ulong)_objects.Count);
        Append(count);
        Flush();
        Span<byte> trailer = stackalloc byte[ContentHash.SizeBytes];
        _hasher.Finalize(trailer);
        _file.Write(trailer, _written);
        _file.SyncData();
        _file.Dispose();
        var path = Path.Combine(_folder, $"{ContentHash.FromBytes(trailer)}.wtp");
        AtomicFile.Write(_files, PackIndex.PathOf(path), PackIndex.Encode(trailer, _objects));
        _files.Rename(_temporary, path);
        _files.SyncFolder(_folder);
        _published = true;
        return path;
    }

    public void Dispose()
    {
        _hasher.Dispose();
        _file.Dispose();
        if (!_published)
        {
            RemoveUnfinished();
        }
    }

    // A disk that fails here as well must not hide why the pack was given up; the next start removes what is left.
    private void RemoveUnfinished()
    {
        try
        {
            if (_files.Exists(_temporary))
            {
                _files.Delete(_temporary);
            }
        }
        catch (IOException)
        {
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
