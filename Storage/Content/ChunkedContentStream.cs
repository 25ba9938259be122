using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Content;

/// <summary>Large content as a stream; holds one chunk at a time. Not thread safe.</summary>
internal sealed class ChunkedContentStream(IObjectReader reader, ContentHash id, ChunkList list, IDisposable hold) : Stream
{
    private readonly long[] _ends = Ends(list);
    private Blake3.Hasher? _whole = Blake3.Hasher.New();
    private ReadOnlyMemory<byte> _chunk;
    private int _loaded = -1;
    private int _hashed;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => list.SizeBytes;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var at = Array.BinarySearch(_ends, _position);
        await LoadAsync(at < 0 ? ~at : at + 1, cancellationToken);
        return Copy(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Content is read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _whole?.Dispose();
        hold.Dispose();
        _whole = null;
        base.Dispose(disposing);
    }

    private async ValueTask LoadAsync(int index, CancellationToken cancellationToken)
    {
        if (_loaded == index)
        {
            return;
        }

        _chunk = await ChunkedContent.ReadChunkAsync(reader, id, list.Chunks[index], cancellationToken);
        _loaded = index;
        if (_whole is null || index != _hashed)
        {
            return;
        }

        // Chunks that were read in order from the first are hashed as they come; with the last one the whole is verified.
        _whole.Update(_chunk.Span);
        if (++_hashed == list.Chunks.Length)
        {
            ChunkedContent.RequireHash(id, _whole);
        }
    }

    private int Copy(Span<byte> buffer)
    {
        var start = _loaded == 0 ? 0 : _ends[_loaded - 1];
        var rest = _chunk.Span[(int)(_position - start)..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    private static long[] Ends(ChunkList list)
    {
        var ends = new long[list.Chunks.Length];
        long end = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = end += list.Chunks[i].LengthBytes;
        }

        return ends;
    }
}
