using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Decompresses zstd frames, whole buffers at once or step by step.</summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public unsafe class Decompressor : IDisposable
{
    private readonly DecompressionContext _context = new();

    /// <summary>Sets a parameter for the frames to come.</summary>
    /// <exception cref="ZstdException">The value is out of range.</exception>
    public void SetParameter(ZSTD_dParameter parameter, int value)
    {
        using var held = _context.Hold();
        Methods.ZSTD_DCtx_setParameter(held.Pointer, parameter, value).EnsureZstdSuccess();
    }

    /// <summary>Reads a parameter.</summary>
    public int GetParameter(ZSTD_dParameter parameter)
    {
        using var held = _context.Hold();
        int value;
        Methods.ZSTD_DCtx_getParameter(held.Pointer, parameter, &value).EnsureZstdSuccess();
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
            Methods.ZSTD_DCtx_loadDictionary(held.Pointer, start, (nuint)dict.Length).EnsureZstdSuccess();
        }
    }

    /// <summary>Returns a bound of the decompressed size of all frames: exact where they state it. Whoever made them chose it.</summary>
    /// <exception cref="ZstdException">This is no whole zstd frame.</exception>
    public static ulong GetDecompressedSize(ReadOnlySpan<byte> src)
    {
        fixed (byte* start = src)
        {
            return Methods.ZSTD_decompressBound(start, (nuint)src.Length).EnsureContentSizeOk();
        }
    }

    /// <inheritdoc cref="GetDecompressedSize(ReadOnlySpan{byte})" />
    public static ulong GetDecompressedSize(ArraySegment<byte> src) => GetDecompressedSize((ReadOnlySpan<byte>)src);

    /// <inheritdoc cref="GetDecompressedSize(ReadOnlySpan{byte})" />
    public static ulong GetDecompressedSize(byte[] src, int srcOffset, int srcLength) => GetDecompressedSize(src.AsSpan(srcOffset, srcLength));

    /// <summary>Decompresses to a new buffer, allocated only if the stated size is within <paramref name="maxDecompressedSize"/>.</summary>
    /// <exception cref="ZstdException">The size is over the limit, or the data is damaged or cut.</exception>
    public Span<byte> Unwrap(ReadOnlySpan<byte> src, int maxDecompressedSize = int.MaxValue)
    {
        var size = GetDecompressedSize(src);
        var limit = (ulong)Math.Min(maxDecompressedSize, Array.MaxLength);
        if (size > limit)
        {
            throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall, $"The content of {size} bytes exceeds the limit of {limit}.");
        }

        var dest = new byte[size];
        return dest.AsSpan(0, Unwrap(src, dest));
    }

    /// <summary>Decompresses into <paramref name="dest"/> and returns how much of it was filled.</summary>
    /// <exception cref="ZstdException">The destination is too small, or the data is damaged or cut.</exception>
    public int Unwrap(ReadOnlySpan<byte> src, Span<byte> dest) => (int)Decompress(src, dest).EnsureZstdSuccess();

    /// <inheritdoc cref="Unwrap(ReadOnlySpan{byte}, Span{byte})" />
    public int Unwrap(byte[] src, byte[] dest, int offset) => Unwrap(src, dest.AsSpan(offset));

    /// <inheritdoc cref="Unwrap(ReadOnlySpan{byte}, Span{byte})" />
    public int Unwrap(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int dstLength) =>
        Unwrap(src.AsSpan(srcOffset, srcLength), dst.AsSpan(dstOffset, dstLength));

    /// <summary>Decompresses into <paramref name="dest"/>, and returns false if it is too small.</summary>
    /// <exception cref="ZstdException">The data is damaged or cut.</exception>
    public bool TryUnwrap(ReadOnlySpan<byte> src, Span<byte> dest, out int written) => Outcome.Fits(Decompress(src, dest), out written);

    /// <inheritdoc cref="TryUnwrap(ReadOnlySpan{byte}, Span{byte}, out int)" />
    public bool TryUnwrap(byte[] src, byte[] dest, int offset, out int written) => TryUnwrap(src, dest.AsSpan(offset), out written);

    /// <inheritdoc cref="TryUnwrap(ReadOnlySpan{byte}, Span{byte}, out int)" />
    public bool TryUnwrap(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int dstLength, out int written) =>
        TryUnwrap(src.AsSpan(srcOffset, srcLength), dst.AsSpan(dstOffset, dstLength), out written);

    /// <summary>Frees the native memory.</summary>
    public void Dispose()
    {
        _context.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does one step of a stream and returns what zstd said: 0 at the end of a frame.</summary>
    internal nuint Step(ReadOnlySpan<byte> source, ref nuint consumed, Span<byte> destination, out nuint written)
    {
        using var held = _context.Hold();
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZSTD_inBuffer_s { src = from, size = (nuint)source.Length, pos = consumed };
            var output = new ZSTD_outBuffer_s { dst = to, size = (nuint)destination.Length };
            var left = Methods.ZSTD_decompressStream(held.Pointer, &output, &input);
            consumed = input.pos;
            written = output.pos;
            return left;
        }
    }

    private nuint Decompress(ReadOnlySpan<byte> src, Span<byte> dest)
    {
        using var held = _context.Hold();
        fixed (byte* from = src)
        fixed (byte* to = dest)
        {
            return Methods.ZSTD_decompressDCtx(held.Pointer, to, (nuint)dest.Length, from, (nuint)src.Length);
        }
    }
}
