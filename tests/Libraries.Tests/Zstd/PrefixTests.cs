using ZstdSharp;
using ZstdSharp.Unsafe;

namespace W0rktree.Libraries.Tests.Zstd;

/// <summary>Deltas: a version compressed with an earlier version as prefix.</summary>
public sealed unsafe class PrefixTests
{
    private const int WindowLog = 27;

    [Fact]
    public void A_changed_file_against_its_old_version_is_much_smaller_than_alone()
    {
        var old = Text.Lines(6000, seed: 10);
        var changed = old.ToArray();
        "a changed line"u8.CopyTo(changed.AsSpan(changed.Length / 2));
        var delta = Compress(changed, old);
        Assert.True(delta.Length * 30 < Compress(changed, []).Length, $"the delta has {delta.Length} bytes");
        Assert.Equal(changed, Decompress(delta, old, changed.Length));
    }

    [Fact]
    public void Long_distance_matching_finds_the_old_content_far_back()
    {
        var random = new Random(11);
        var old = new byte[24 * 1024 * 1024];
        random.NextBytes(old);
        byte[] changed = [.. old.AsSpan(20_000_000), .. old.AsSpan(0, 20_000_000)];
        var delta = Compress(changed, old);
        Assert.True(delta.Length < 100_000, $"the delta has {delta.Length} bytes");
        Assert.Equal(changed, Decompress(delta, old, changed.Length));
    }

    [Fact]
    public void The_wrong_prefix_is_refused_by_the_checksum()
    {
        var old = Text.Lines(500, seed: 12);
        var delta = Compress([.. old, 1, 2, 3], old);
        var other = old.ToArray();
        other[100] ^= 1;
        Assert.Throws<ZstdException>(() => Decompress(delta, other, old.Length + 3));
        Assert.Throws<ZstdException>(() => Decompress(delta, [], old.Length + 3));
    }

    [Fact]
    public void Output_over_the_callers_limit_is_refused()
    {
        var old = Text.Lines(500, seed: 13);
        var delta = Compress([.. old], old);
        Assert.Equal(
            ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall,
            Assert.Throws<ZstdException>(() => Decompress(delta, old, old.Length - 1)).Code);
    }

    [Fact]
    public void A_prefix_holds_for_one_frame_only()
    {
        // Two arrays: zstd ignores a prefix that overlaps the input in memory.
        var old = Text.Lines(500, seed: 14);
        var same = old.ToArray();
        var context = Methods.ZSTD_createCCtx();
        try
        {
            var first = Run(context, same, old, refer: true);
            var second = Run(context, same, old, refer: false);
            Assert.True(first.Length * 10 < second.Length, $"{first.Length} and {second.Length} bytes");
        }
        finally
        {
            Methods.ZSTD_freeCCtx(context);
        }
    }

    private static byte[] Compress(byte[] content, byte[] prefix)
    {
        var context = Methods.ZSTD_createCCtx();
        try
        {
            Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_compressionLevel, 3).EnsureZstdSuccess();
            Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_windowLog, WindowLog).EnsureZstdSuccess();
            Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, 1).EnsureZstdSuccess();
            Methods.ZSTD_CCtx_setParameter(context, ZSTD_cParameter.ZSTD_c_checksumFlag, 1).EnsureZstdSuccess();
            return Run(context, content, prefix, refer: true);
        }
        finally
        {
            Methods.ZSTD_freeCCtx(context);
        }
    }

    private static byte[] Run(ZSTD_CCtx_s* context, byte[] content, byte[] prefix, bool refer)
    {
        var frame = new byte[Compressor.GetCompressBound(content.Length)];
        fixed (byte* from = content)
        fixed (byte* to = frame)
        fixed (byte* before = prefix)
        {
            if (refer)
            {
                Methods.ZSTD_CCtx_refPrefix(context, before, (nuint)prefix.Length).EnsureZstdSuccess();
            }

            var length = Methods.ZSTD_compress2(context, to, (nuint)frame.Length, from, (nuint)content.Length).EnsureZstdSuccess();
            return frame[..(int)length];
        }
    }

    private static byte[] Decompress(byte[] frame, byte[] prefix, int limit)
    {
        var context = Methods.ZSTD_createDCtx();
        try
        {
            var content = new byte[limit];
            fixed (byte* from = frame)
            fixed (byte* to = content)
            fixed (byte* before = prefix)
            {
                Methods.ZSTD_DCtx_setParameter(context, ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLog).EnsureZstdSuccess();
                Methods.ZSTD_DCtx_refPrefix(context, before, (nuint)prefix.Length).EnsureZstdSuccess();
                var length = Methods.ZSTD_decompressDCtx(context, to, (nuint)limit, from, (nuint)frame.Length).EnsureZstdSuccess();
                return content[..(int)length];
            }
        }
        finally
        {
            Methods.ZSTD_freeDCtx(context);
        }
    }
}
