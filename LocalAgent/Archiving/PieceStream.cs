namespace W0rktree.LocalAgent.Archiving;

/// <summary>Gathers what is written and hands it on in pieces of a good size for frames. Writes only, and only asynchronously.</summary>
internal sealed class PieceStream(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send) : Stream
{
    private const int PieceBytes = 256 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private int _filled;

    /// <summary>Gets how many bytes were handed on, or wait to be.</summary>
    public long Total { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Total;
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Total += buffer.Length;
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, PieceBytes - _filled);
            buffer[..count].CopyTo(_piece.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == PieceBytes)
            {
                await SendAsync(cancellationToken);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Hands on what waits.</summary>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            await send(_piece.AsMemory(0, _filled), cancellationToken);
            _filled = 0;
        }
    }

    // The compressors flush when they end; a piece is sent when it is full.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Frames are sent asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
