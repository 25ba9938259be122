using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Compresses to zstd frames, whole buffers at once or step by step; keeps its parameters between frames.</summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public unsafe class Compressor : IDisposable
{
    /// <summary>The level used unless another is given.</summary>
    public const int DefaultCompressionLevel = 3;

    private readonly CompressionContext _context = new();
    private int _level = DefaultCompressionLevel;

    /// <summary>Creates a compressor of a level.</summary>
    public Compressor(int level = DefaultCompressionLevel) => Level = level;

    /// <summary>The lowest level, which is negative and fastest.</summary>
    public static int MinCompressionLevel => Methods.ZSTD_minCLevel();

    /// <summary>The highest level.</summary>
    public static int MaxCompressionLevel => Methods.ZSTD_maxCLevel();

    /// <summary>The compression level for the frames to come; out of range, zstd takes the nearest.</summary>
    public int Level
    {
        get => _level;
        set
        {
            if (value != _level)
            {
                SetParameter(ZSTD_cParameter.ZSTD_c_compressionLevel, value);
                _level = value;
            }
        }
    }

    /// <summary>Returns the size that no compressed form of <paramref name="length"/> bytes exceeds.</summary>
    public static int GetCompressBound(int length) => checked((int)Methods.ZSTD_compressBound((nuint)length).EnsureZstdSuccess());

    /// <summary>Returns the size that no compressed form of <paramref name="length"/> bytes exceeds.</summary>
    public static ulong GetCompressBoundLong(ulong length) => Methods.ZSTD_compressBound((nuint)length).EnsureZstdSuccess();

    /// <summary>Sets a parameter for the frames to come.</summary>
    /// <exception cref="ZstdException">The value is out of range.</exception>
    public void SetParameter(ZSTD_cParameter parameter, int value)
    {
        using var held = _context.Hold();
        Methods.ZSTD_CCtx_setParameter(held.Pointer, parameter, value).EnsureZstdSuccess();
    }

    /// <summary>Reads a parameter.</summary>
    public int GetParameter(ZSTD_cParameter parameter)
    {
        using var held = _context.Hold();
        int value;
        Methods.ZSTD_CCtx_getParameter(held.Pointer, parameter, &value).EnsureZstdSuccess();
        return value;
    }

    /// <summary>Sets the dictionary for all frames to come, by copy.</summary>
    public void LoadDictionary(byte[] dict) => LoadDictionary(new ReadOnlySpan<byte>(dict));

    /// <summary>Sets the dictionary for all frames to come, by copy; an empty one removes it.</summary>
    public void LoadDictionary(ReadOnlySpan<byte> dict)
    {
        using var held = _context.Hold();
        fixed (byte* start = dict)
        {
            Methods.ZSTD_CCtx_loadDictionary(held.Pointer, start, (nuint)dict.Length).EnsureZstdSuccess();
        }
    }

    /// <summary>Compresses to a new buffer of the frame's size bound, and returns the part used.</summary>
    public Span<byte> Wrap(ReadOnlySpan<byte> src)
    {
        var dest = new byte[GetCompressBound(src.Length)];
        return dest.AsSpan(0, Wrap(src, dest));
    }

    /// <summary>Compresses into <paramref name="dest"/> and returns how much of it was filled.</summary>
    /// <exception cref="ZstdException">The destination is too small.</exception>
    public int Wrap(ReadOnlySpan<byte> src, Span<byte> dest) => (int)Compress(src, dest).EnsureZstdSuccess();

    /// <inheritdoc cref="Wrap(ReadOnlySpan{byte}, Span{byte})" />
    public int Wrap(byte[] src, byte[] dest, int offset) => Wrap(src, dest.AsSpan(offset));

    /// <inheritdoc cref="Wrap(ReadOnlySpan{byte}, Span{byte})" />
    public int Wrap(ArraySegment<byte> src, ArraySegment<byte> dest) => Wrap((ReadOnlySpan<byte>)src, dest);

    /// <inheritdoc cref="Wrap(ReadOnlySpan{byte}, Span{byte})" />
    public int Wrap(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int dstLength) =>
        Wrap(src.AsSpan(srcOffset, srcLength), dst.AsSpan(dstOffset, dstLength));

    /// <summary>Compresses into <paramref name="dest"/>, and returns false if it is too small.</summary>
    public bool TryWrap(ReadOnlySpan<byte> src, Span<byte> dest, out int written) =>
        Outcome.Fits(Compress(src, dest), out written);

    /// <inheritdoc cref="TryWrap(ReadOnlySpan{byte}, Span{byte}, out int)" />
    public bool TryWrap(byte[] src, byte[] dest, int offset, out int written) => TryWrap(src, dest.AsSpan(offset), out written);

    /// <inheritdoc cref="TryWrap(ReadOnlySpan{byte}, Span{byte}, out int)" />
    public bool TryWrap(ArraySegment<byte> src, ArraySegment<byte> dest, out int written) =>
        TryWrap((ReadOnlySpan<byte>)src, dest, out written);

    /// <inheritdoc cref="TryWrap(ReadOnlySpan{byte}, Span{byte}, out int)" />
    public bool TryWrap(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int dstLength, out int written) =>
        TryWrap(src.AsSpan(srcOffset, srcLength), dst.AsSpan(dstOffset, dstLength), out written);

    /// <summary>Tells the content size of the next streamed frame beforehand, so that its header states it.</summary>
    public void SetPledgedSrcSize(ulong pledgedSrcSize)
    {
        using var held = _context.Hold();
        Methods.ZSTD_CCtx_setPledgedSrcSize(held.Pointer, pledgedSrcSize).EnsureZstdSuccess();
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose()
    {
        _context.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does one step of a stream and returns what zstd said: 0 when nothing is left inside.</summary>
    internal nuint Step(
        ReadOnlySpan<byte> source, ref nuint consumed, Span<byte> destination, out nuint written, ZSTD_EndDirective directive)
    {
        using var held = _context.Hold();
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZSTD_inBuffer_s { src = from, size = (nuint)source.Length, pos = consumed };
            var output = new ZSTD_outBuffer_s { dst = to, size = (nuint)destination.Length };
            var left = Methods.ZSTD_compressStream2(held.Pointer, &output, &input, directive);
            consumed = input.pos;
            written = output.pos;
            return left;
        }
    }

    private nuint Compress(ReadOnlySpan<byte> src, Span<byte> dest)
    {
        using var held = _context.Hold();
        fixed (byte* from = src)
        fixed (byte* to = dest)
        {
            return Methods.ZSTD_compress2(held.Pointer, to, (nuint)dest.Length, from, (nuint)src.Length);
        }
    }
}
