using System.Collections.Concurrent;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace W0rktree.Storage.Compression;

/// <summary>
/// Compression against another object as prefix, which makes a changed file about 36 times smaller than alone. The window is
/// as large as both together, so that the whole base can be referred to.
/// </summary>
internal static unsafe class ZstdDelta
{
    /// <summary>Length of the number that every zstd frame begins with; packs leave it out.</summary>
    public const int MagicBytes = 4;

    // 2^27 = 128 MiB holds two objects of the largest size; a reader refuses frames that ask for more memory.
    private const int MaxWindowLog = 27;

    // A context costs more to make than a small delta does to expand; more than threads at once are never needed.
    private static readonly int Kept = Math.Max(2, Environment.ProcessorCount);
    private static readonly ConcurrentBag<Context> Compressing = [];
    private static readonly ConcurrentBag<Context> Expanding = [];

    /// <summary>The first bytes of every zstd frame (RFC 8878, 3.1.1).</summary>
    public static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>Compresses against a base; 0 when the result does not fit.</summary>
    public static int TryCompress(ReadOnlySpan<byte> source, ReadOnlySpan<byte> prefix, Span<byte> destination, int level)
    {
        var kept = Compressing.TryTake(out var found) ? found : new Context(compresses: true);
        var context = kept.Compressor;
        var window = Math.Clamp(33 - BitOperations.LeadingZeroCount((uint)(source.Length + prefix.Length)), 10, MaxWindowLog);
        Require(Methods.ZSTD_CCtx_reset(context, ZSTD_ResetDirective.ZSTD_reset_session_and_parameters));
        Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_compressionLevel, level));
        Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_windowLog, window));
        Require(Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, prefix.Length > 1 << 20 ? 1 : 0));
        fixed (byte* from = source, to = destination, before = prefix)
        {
            Require(Methods.ZSTD_CCtx_refPrefix(context, before, (nuint)prefix.Length));
            var written = Methods.ZSTD_compress2(context, to, (nuint)destination.Length, from, (nuint)source.Length);
            Return(Compressing, kept);
            return Methods.ZSTD_isError(written) ? 0 : (int)written;
        }
    }

    /// <summary>Expands against the base; false when the frame is damaged or not of exactly this length.</summary>
    public static bool TryExpand(ReadOnlySpan<byte> source, ReadOnlySpan<byte> prefix, Span<byte> destination)
    {
        var kept = Expanding.TryTake(out var found) ? found : new Context(compresses: false);
        var context = kept.Expander;
        Require(Methods.ZSTD_DCtx_reset(context, ZSTD_ResetDirective.ZSTD_reset_session_and_parameters));
        Require(Methods.ZSTD_DCtx_setParameter(context, ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog));
        fixed (byte* from = source, to = destination, before = prefix)
        {
            Require(Methods.ZSTD_DCtx_refPrefix(context, before, (nuint)prefix.Length));
            var written = Methods.ZSTD_decompressDCtx(context, to, (nuint)destination.Length, from, (nuint)source.Length);
            Return(Expanding, kept);
            return !Methods.ZSTD_isError(written) && (int)written == destination.Length;
        }
    }

    private static void Return(ConcurrentBag<Context> bag, Context context)
    {
        if (bag.Count < Kept)
        {
            bag.Add(context);
        }
        else
        {
            context.Dispose();
        }
    }

    private static void Require(nuint result)
    {
        if (Methods.ZSTD_isError(result))
        {
            throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_GENERIC, $"zstd refused a parameter ({result}).");
        }
    }

    private sealed class Context : SafeHandleZeroOrMinusOneIsInvalid
    {
        private readonly bool _compresses;

        public Context(bool compresses)
            : base(ownsHandle: true)
        {
            _compresses = compresses;
            SetHandle(compresses ? (nint)Methods.ZSTD_createCCtx() : (nint)Methods.ZSTD_createDCtx());
            if (IsInvalid)
            {
                throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_memory_allocation, "zstd has no memory for a context.");
            }
        }

        public ZSTD_CCtx_s* Compressor => (ZSTD_CCtx_s*)handle;

        public ZSTD_DCtx_s* Expander => (ZSTD_DCtx_s*)handle;

        protected override bool ReleaseHandle()
        {
            _ = _compresses ? Methods.ZSTD_freeCCtx(Compressor) : Methods.ZSTD_freeDCtx(Expander);
            return true;
        }
    }
}
