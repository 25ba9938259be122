namespace W0rktree.Silo.Vault;

/// <summary>Ends a stream early when it gives more than it may, or more than there is room for, and remembers that. Reads asynchronously only.</summary>
internal sealed class LimitedStream(Stream source, long limitBytes, UploadRoom room) : Stream
{
    private long _given;

    /// <summary>Gets whether there was more.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>Gets whether there was no room for it.</summary>
    public bool IsWithoutRoom { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException("The length is not known ahead.");

    /// <inheritdoc/>
    public override long Position
    {
        get => _given;
        set => throw new NotSupportedException("The stream is read from front to back.");
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = IsExceeded || IsWithoutRoom ? 0 : await source.ReadAsync(buffer, cancellationToken);
        _given += read;
        IsExceeded |= _given > limitBytes;
        IsWithoutRoom |= !IsExceeded && !room.TryTake(read);
        return IsExceeded || IsWithoutRoom ? 0 : read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream is read from front to back.");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("The stream is read only.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read only.");
}
