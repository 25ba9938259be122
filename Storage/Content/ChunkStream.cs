using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Content;

/// <summary>Reads large content chunk by chunk; each chunk is verified, and at the end the whole.</summary>
internal sealed class ChunkStream(ObjectStore store, ContentHash id, ChunkList list) : Stream
{
    private readonly Blake3.Hasher _whole = Blake3.Hasher.New();
    private ReadOnlyMemory<byte> _chunk;
    private int _next;
    private long _position;
    private bool _verified;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => list.SizeBytes;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("Content is read from front to back.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_chunk.IsEmpty && !await MoveNextAsync(cancellationToken))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _chunk.Length);
        _chunk[..count].CopyTo(buffer);
        _chunk = _chunk[count..];
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Content is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("Content is read from front to back.");

    public override void SetLength(long value) => throw new NotSupportedException("Content is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Content is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _whole.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        if (_next == list.Chunks.Length)
        {
            if (!_verified && ContentHash.FromBytes(_whole.Finalize().AsSpan()) != id)
            {
                throw new CorruptObjectException(id, "its chunks together do not hash to its id");
            }

            _verified = true;
            return false;
        }

        var reference = list.Chunks[_next++];
        var stored = await store.TryReadAsync(reference.Id, cancellationToken) ?? throw new MissingObjectException(reference.Id, $"large content {id}");
        if (stored.Kind != ObjectKind.Content || stored.Bytes.Length != reference.LengthBytes)
        {
            throw new CorruptObjectException(id, $"its chunk {reference.Id} is not what the list says");
        }

        _whole.Update(stored.Bytes.Span);
        _chunk = stored.Bytes;
        return true;
    }
}
