using System.Buffers;
using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Decompresses the frames that another stream brings, one after the other.</summary>
public class DecompressionStream : Stream
{
    private readonly Stream _inner;
    private readonly bool _preserveDecompressor;
    private readonly bool _leaveOpen;
    private readonly bool _checkEndOfStream;
    private readonly int _bufferSize;
    private byte[] _buffer;
    private Decompressor? _decompressor;
    private nuint _consumed;
    private int _filled;
    private bool _mayHoldOutput;
    private bool _withinFrame;

    /// <summary>Creates the stream with a decompressor of its own.</summary>
    public DecompressionStream(Stream stream, int bufferSize = 0, bool checkEndOfStream = true, bool leaveOpen = true)
        : this(stream, new Decompressor(), bufferSize, checkEndOfStream, preserveDecompressor: false, leaveOpen)
    {
    }

    /// <summary>Creates the stream with a given decompressor, which it disposes unless told to preserve it.</summary>
    public DecompressionStream(
        Stream stream,
        Decompressor decompressor,
        int bufferSize = 0,
        bool checkEndOfStream = true,
        bool preserveDecompressor = true,
        bool leaveOpen = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(decompressor);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferSize);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(stream));
        }

        _inner = stream;
        _decompressor = decompressor;
        _preserveDecompressor = preserveDecompressor;
        _leaveOpen = leaveOpen;
        _checkEndOfStream = checkEndOfStream;
        _bufferSize = bufferSize > 0 ? bufferSize : (int)Methods.ZSTD_DStreamInSize();
        _buffer = ArrayPool<byte>.Shared.Rent(_bufferSize);
    }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc cref="Decompressor.SetParameter" />
    public void SetParameter(ZSTD_dParameter parameter, int value) => Open.SetParameter(parameter, value);

    /// <inheritdoc cref="Decompressor.GetParameter" />
    public int GetParameter(ZSTD_dParameter parameter) => Open.GetParameter(parameter);

    /// <inheritdoc cref="Decompressor.LoadDictionary(byte[])" />
    public void LoadDictionary(byte[] dict) => Open.LoadDictionary(dict);

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    /// <exception cref="EndOfStreamException">The stream ends within a frame.</exception>
    /// <exception cref="ZstdException">The data is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int written;
        while (!Decompress(buffer, out written))
        {
            if (!Refill(_inner.Read(_buffer, 0, _bufferSize)))
            {
                return 0;
            }
        }

        return written;
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int written;
        while (!Decompress(buffer.Span, out written))
        {
            if (!Refill(await _inner.ReadAsync(_buffer.AsMemory(0, _bufferSize), cancellationToken)))
            {
                return 0;
            }
        }

        return written;
    }

    /// <inheritdoc />
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && _decompressor is { } decompressor)
        {
            _decompressor = null;
            if (!_preserveDecompressor)
            {
                decompressor.Dispose();
            }

            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            if (!_leaveOpen)
            {
                _inner.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private Decompressor Open => _decompressor ?? throw new ObjectDisposedException(nameof(DecompressionStream));

    /// <summary>Decompresses from what is buffered; false when that yields nothing and more input is needed.</summary>
    private bool Decompress(Span<byte> destination, out int written)
    {
        var decompressor = Open;
        while (_consumed < (nuint)_filled || _mayHoldOutput)
        {
            var before = _consumed;
            var left = decompressor.Step(_buffer.AsSpan(0, _filled), ref _consumed, destination, out var produced).EnsureZstdSuccess();
            written = (int)produced;

            // A step that neither took nor gave anything only says what the next frame would want.
            if (written > 0 || _consumed != before)
            {
                _withinFrame = left != 0;
            }

            // A destination filled to the brim may have left output inside.
            _mayHoldOutput = written == destination.Length;
            if (written > 0)
            {
                return true;
            }
        }

        written = 0;
        return false;
    }

    private bool Refill(int read)
    {
        if (read == 0 && _checkEndOfStream && _withinFrame)
        {
            throw new EndOfStreamException("The stream ends within a zstd frame.");
        }

        _filled = read;
        _consumed = 0;
        return read > 0;
    }
}
