using System.Buffers;
using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Compresses what is written to it into one frame on another stream; disposing ends the frame.</summary>
public class CompressionStream : Stream
{
    private readonly Stream _inner;
    private readonly bool _preserveCompressor;
    private readonly bool _leaveOpen;
    private readonly int _bufferSize;
    private byte[] _buffer;
    private Compressor? _compressor;

    /// <summary>Creates the stream with a compressor of its own.</summary>
    public CompressionStream(Stream stream, int level = Compressor.DefaultCompressionLevel, int bufferSize = 0, bool leaveOpen = true)
        : this(stream, new Compressor(level), bufferSize, preserveCompressor: false, leaveOpen)
    {
    }

    /// <summary>Creates the stream with a given compressor, which it disposes unless told to preserve it.</summary>
    public CompressionStream(Stream stream, Compressor compressor, int bufferSize = 0, bool preserveCompressor = true, bool leaveOpen = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(compressor);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferSize);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("The stream cannot be written to.", nameof(stream));
        }

        _inner = stream;
        _compressor = compressor;
        _preserveCompressor = preserveCompressor;
        _leaveOpen = leaveOpen;
        _bufferSize = bufferSize > 0 ? bufferSize : (int)Methods.ZSTD_CStreamOutSize();
        _buffer = ArrayPool<byte>.Shared.Rent(_bufferSize);
    }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc cref="Compressor.SetParameter" />
    public void SetParameter(ZSTD_cParameter parameter, int value) => Open.SetParameter(parameter, value);

    /// <inheritdoc cref="Compressor.GetParameter" />
    public int GetParameter(ZSTD_cParameter parameter) => Open.GetParameter(parameter);

    /// <inheritdoc cref="Compressor.LoadDictionary(byte[])" />
    public void LoadDictionary(byte[] dict) => Open.LoadDictionary(dict);

    /// <inheritdoc cref="Compressor.SetPledgedSrcSize" />
    public void SetPledgedSrcSize(ulong pledgedSrcSize) => Open.SetPledgedSrcSize(pledgedSrcSize);

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer) => Run(buffer, ZSTD_EndDirective.ZSTD_e_continue);

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await RunAsync(buffer, ZSTD_EndDirective.ZSTD_e_continue, cancellationToken);

    /// <inheritdoc />
    public override void Flush()
    {
        Run([], ZSTD_EndDirective.ZSTD_e_flush);
        _inner.Flush();
    }

    /// <inheritdoc />
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await RunAsync(default, ZSTD_EndDirective.ZSTD_e_flush, cancellationToken);
        await _inner.FlushAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_compressor is not null)
            {
                await RunAsync(default, ZSTD_EndDirective.ZSTD_e_end, CancellationToken.None);
            }
        }
        finally
        {
            if (Release() && !_leaveOpen)
            {
                await _inner.DisposeAsync();
            }

            await base.DisposeAsync();
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing && _compressor is not null)
            {
                Run([], ZSTD_EndDirective.ZSTD_e_end);
            }
        }
        finally
        {
            if (disposing && Release() && !_leaveOpen)
            {
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private Compressor Open => _compressor ?? throw new ObjectDisposedException(nameof(CompressionStream));

    private void Run(ReadOnlySpan<byte> source, ZSTD_EndDirective directive)
    {
        nuint consumed = 0;
        bool more;
        do
        {
            more = Step(source, ref consumed, directive, out var written);
            _inner.Write(_buffer, 0, written);
        }
        while (more);
    }

    private async ValueTask RunAsync(ReadOnlyMemory<byte> source, ZSTD_EndDirective directive, CancellationToken cancellationToken)
    {
        nuint consumed = 0;
        bool more;
        do
        {
            more = Step(source.Span, ref consumed, directive, out var written);
            await _inner.WriteAsync(_buffer.AsMemory(0, written), cancellationToken);
        }
        while (more);
    }

    /// <summary>Fills the buffer once; true while input (or, on flush and end, output) is left.</summary>
    private bool Step(ReadOnlySpan<byte> source, ref nuint consumed, ZSTD_EndDirective directive, out int written)
    {
        var left = Open.Step(source, ref consumed, _buffer.AsSpan(0, _bufferSize), out var filled, directive).EnsureZstdSuccess();
        written = (int)filled;
        return directive == ZSTD_EndDirective.ZSTD_e_continue ? consumed < (nuint)source.Length : left > 0;
    }

    /// <summary>Gives back what the stream holds; false if that was done before.</summary>
    private bool Release()
    {
        if (_compressor is null)
        {
            return false;
        }

        if (!_preserveCompressor)
        {
            _compressor.Dispose();
        }

        _compressor = null;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        return true;
    }
}
