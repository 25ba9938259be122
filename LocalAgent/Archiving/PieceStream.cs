namespace W0rktree.LocalAgent.Archiving;

/// <summary>Gathers what is written and hands it on in pieces of a good size for frames. Writes only.</summary>
internal sealed class PieceStream(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send) : Stream
{
    private const int PieceBytes = 256 * 1024;

    private byte[] _waiting = new byte[PieceBytes];
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

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return SendWholeAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Only keeps what is written. Whoever writes like this, as the library's zip does, says often enough that it may be handed on.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_waiting.Length - _filled < buffer.Length)
        {
            Array.Resize(ref _waiting, Math.Max(_waiting.Length * 2, _filled + buffer.Length));
        }

        buffer.CopyTo(_waiting.AsSpan(_filled));
        _filled += buffer.Length;
        Total += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Hands on the whole pieces among what waits.</summary>
    public async ValueTask SendWholeAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        for (; _filled - sent >= PieceBytes; sent += PieceBytes)
        {
            await send(_waiting.AsMemory(sent, PieceBytes), cancellationToken);
        }

        _waiting.AsSpan(sent, _filled - sent).CopyTo(_waiting);
        _filled -= sent;
    }

    /// <summary>Hands on all that waits.</summary>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await SendWholeAsync(cancellationToken);
        if (_filled > 0)
        {
            await send(_waiting.AsMemory(0, _filled), cancellationToken);
            _filled = 0;
        }
    }

    // The compressors flush when they end; a piece is sent when it is full.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
