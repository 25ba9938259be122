using Grpc.Core;
using W0rktree.Protocol.Grpc;

namespace W0rktree.LocalAgent.Sync.Transfer;

/// <summary>Reads the frames of one object as a stream, taking each from the wire only when it is asked for.</summary>
internal sealed class FrameStream : Stream
{
    private readonly IAsyncStreamReader<DownloadFrame> _rest;
    private readonly Google.Protobuf.ByteString _id;
    private ObjectFrame _current;
    private int _offset;

    public FrameStream(ObjectFrame first, IAsyncStreamReader<DownloadFrame> rest)
    {
        (_current, _rest) = (first, rest);
        _id = first.Id;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The length of a transfer is known at its end.");

    public override long Position
    {
        get => throw new NotSupportedException("A transfer has no position.");
        set => throw new NotSupportedException("A transfer has no position.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_offset == _current.Data.Length)
        {
            if (!_current.More)
            {
                return 0;
            }

            if (!await _rest.MoveNext(cancellationToken) || _rest.Current.FrameCase != DownloadFrame.FrameOneofCase.Object || _rest.Current.Object.Id != _id)
            {
                throw new InvalidDataException("The server ended an object before its last frame.");
            }

            _current = _rest.Current.Object;
            _offset = 0;
        }

        var count = Math.Min(buffer.Length, _current.Data.Length - _offset);
        _current.Data.Memory.Slice(_offset, count).CopyTo(buffer);
        _offset += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A transfer is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A transfer cannot be sought in.");

    public override void SetLength(long value) => throw new NotSupportedException("A transfer is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A transfer is read only.");
}
