using Grpc.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Protocol.Grpc;

namespace W0rktree.Silo.Front;

/// <summary>Reads one object after the other from the frames of an upload, each as a stream, in constant memory.</summary>
internal sealed class UploadFrames(IAsyncStreamReader<UploadFrame> frames)
{
    private const int MaxFrameBytes = 1 << 20;

    private ObjectFrame? _frame;

    /// <summary>Gets the current object's id.</summary>
    public ContentHash Id { get; private set; }

    /// <summary>Gets the current object's kind.</summary>
    public ObjectKind Kind { get; private set; }

    /// <summary>Reads the frame that starts the upload.</summary>
    public async Task<UploadStart> StartAsync(CancellationToken cancellationToken) =>
        await frames.MoveNext(cancellationToken) && frames.Current.FrameCase == UploadFrame.FrameOneofCase.Start
            ? frames.Current.Start
            : throw Replies.Invalid("An upload begins with its start.");

    /// <summary>Goes to the next object; false at the end. The one before was read to its end.</summary>
    public async Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (_frame is { More: true })
        {
            throw new InvalidOperationException("The object before was not read to its end.");
        }

        if (!await frames.MoveNext(cancellationToken))
        {
            return false;
        }

        _frame = Check(frames.Current);
        Id = Wire.Hash(_frame.Id);
        Kind = _frame.Kind <= byte.MaxValue ? (ObjectKind)_frame.Kind : throw Replies.Invalid("There is no such kind of object.");
        return true;
    }

    /// <summary>Opens the current object's bytes.</summary>
    public Stream Open() => new Bytes(this);

    private async ValueTask<ReadOnlyMemory<byte>> FollowAsync(CancellationToken cancellationToken)
    {
        if (_frame is not { More: true })
        {
            return default;
        }

        if (!await frames.MoveNext(cancellationToken))
        {
            throw Replies.Invalid("The upload ended in the middle of an object.");
        }

        var next = Check(frames.Current);
        if (!next.Id.IsEmpty && next.Id != _frame.Id && Wire.Hash(next.Id) != Id)
        {
            throw Replies.Invalid("Another object began before the one before it ended.");
        }

        _frame = next;
        return next.Data.Memory;
    }

    private static ObjectFrame Check(UploadFrame frame) => frame.FrameCase switch
    {
        UploadFrame.FrameOneofCase.Object when frame.Object.Data.Length > MaxFrameBytes =>
            throw new RefusedException(new Grains.Abstractions.Replies.Refusal { Code = "too_large", Message = $"A frame has at most {MaxFrameBytes:N0} bytes." }),
        UploadFrame.FrameOneofCase.Object when frame.Object.Compression != Compression.None => throw Replies.Invalid("This server takes objects uncompressed."),
        UploadFrame.FrameOneofCase.Object => frame.Object,
        _ => throw Replies.Invalid("After its start an upload has objects only."),
    };

    private sealed class Bytes(UploadFrames owner) : Stream
    {
        private ReadOnlyMemory<byte> _rest = owner._frame!.Data.Memory;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException("The length is not known ahead.");

        public override long Position
        {
            get => throw new NotSupportedException("The stream is read from front to back.");
            set => throw new NotSupportedException("The stream is read from front to back.");
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_rest.IsEmpty && owner._frame!.More)
            {
                _rest = await owner.FollowAsync(cancellationToken);
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream is read from front to back.");

        public override void SetLength(long value) => throw new NotSupportedException("The stream is read only.");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read only.");
    }
}
