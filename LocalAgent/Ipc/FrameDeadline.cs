using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Reads a frame within a time limit. Between frames a client may be silent; within one it may not.</summary>
internal sealed class FrameDeadline(Stream stream, TimeProvider time, TimeSpan limit)
{
    /// <summary>Reads the next frame; null where the client closed. Where it may not wait, the limit counts from now.</summary>
    /// <exception cref="IOException">The frame did not arrive in time.</exception>
    public async Task<byte[]?> ReadAsync(bool mayWait, CancellationToken cancellationToken)
    {
        var first = new byte[1];
        if (mayWait && await stream.ReadAsync(first, cancellationToken) == 0)
        {
            return null;
        }

        using var late = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await Framing.ReadAsync(mayWait ? new PrefixedStream(first, stream) : stream, both.Token);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The client began a frame and did not finish it in time.", e);
        }
    }

    /// <summary>Gives a byte that was read ahead, then the rest.</summary>
    private sealed class PrefixedStream(byte[] first, Stream rest) : Stream
    {
        private bool _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }

            _given = true;
            first.CopyTo(buffer);
            return ValueTask.FromResult(first.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
