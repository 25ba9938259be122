namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>Reads an open file from front to back as a stream, for code that takes one.</summary>
/// <param name="file">The file, which stays the caller's.</param>
/// <param name="read">Hears how many bytes each read brought.</param>
internal sealed class OpenFileStream(IOpenFile file, Action<int>? read = null) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The length is known at the end.");

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("The file is read from front to back.");
    }

    public override int Read(Span<byte> buffer)
    {
        var count = file.Read(buffer, _position);
        _position += count;
        read?.Invoke(count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Local files have no asynchronous reads on Linux; a thread of the pool is as good as any.
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The file is read from front to back.");

    public override void SetLength(long value) => throw new NotSupportedException("The file is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The file is only read.");
}
