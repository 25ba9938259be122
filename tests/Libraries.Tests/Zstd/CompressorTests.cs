using ZstdSharp;
using ZstdSharp.Unsafe;

namespace W0rktree.Libraries.Tests.Zstd;

public sealed class CompressorTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(40, 1)]
    [InlineData(20_000, -5)]
    [InlineData(20_000, 1)]
    [InlineData(5_000, 19)]
    public void What_is_wrapped_unwraps_to_the_same(int lines, int level)
    {
        var input = Text.Lines(lines, seed: 1);
        using var compressor = new Compressor(level);
        using var decompressor = new Decompressor();
        var frame = compressor.Wrap(input);
        Assert.Equal(level, compressor.Level);
        Assert.Equal((ulong)input.Length, Decompressor.GetDecompressedSize(frame));
        Assert.True(decompressor.Unwrap(frame).SequenceEqual(input));
        if (lines > 1000)
        {
            Assert.True(frame.Length * 2 < input.Length, $"{input.Length} bytes became {frame.Length}");
        }
    }

    [Fact]
    public void Array_forms_honour_their_offsets()
    {
        var input = Text.Lines(50, seed: 2);
        using var compressor = new Compressor();
        using var decompressor = new Decompressor();
        var frame = new byte[Compressor.GetCompressBound(input.Length) + 7];
        var length = compressor.Wrap(input, 5, input.Length - 5, frame, 7, frame.Length - 7);
        var output = new byte[input.Length + 3];
        Assert.Equal(input.Length - 5, decompressor.Unwrap(frame, 7, length, output, 3, output.Length - 3));
        Assert.Equal(input[5..], output[3..^5]);

        length = compressor.Wrap(input, frame, 7);
        Assert.Equal(input.Length, decompressor.Unwrap(frame.AsSpan(7, length), output));
        Assert.Equal(input, output[..^3]);
    }

    [Fact]
    public void A_destination_too_small_throws_and_the_Try_forms_say_false()
    {
        var input = Text.Lines(100, seed: 3);
        using var compressor = new Compressor();
        using var decompressor = new Decompressor();
        var frame = compressor.Wrap(input).ToArray();
        Assert.Equal(
            ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall,
            Assert.Throws<ZstdException>(() => compressor.Wrap(input, new byte[20])).Code);
        Assert.False(compressor.TryWrap(input, new byte[20], out var written));
        Assert.Equal(0, written);
        Assert.Equal(
            ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall,
            Assert.Throws<ZstdException>(() => decompressor.Unwrap(frame, new byte[input.Length - 1])).Code);
        Assert.False(decompressor.TryUnwrap(frame, new byte[input.Length - 1], out _));
        Assert.True(decompressor.TryUnwrap(frame, new byte[input.Length], out written));
        Assert.Equal(input.Length, written);
    }

    [Fact]
    public void A_content_over_the_limit_is_refused_before_it_is_allocated()
    {
        using var compressor = new Compressor(1);
        using var decompressor = new Decompressor();
        var bomb = compressor.Wrap(new byte[64 * 1024 * 1024]).ToArray();
        Assert.True(bomb.Length < 64 * 1024);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(
            ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall,
            Assert.Throws<ZstdException>(() => { decompressor.Unwrap(bomb, maxDecompressedSize: 1024 * 1024); }).Code);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1024 * 1024);
        Assert.Equal(64 * 1024 * 1024, decompressor.Unwrap(bomb, maxDecompressedSize: 64 * 1024 * 1024).Length);
    }

    [Fact]
    public void Damage_is_found_by_the_checksum()
    {
        var input = Text.Lines(300, seed: 4);
        using var compressor = new Compressor();
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        Assert.Equal(1, compressor.GetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag));
        using var decompressor = new Decompressor();
        var frame = compressor.Wrap(input).ToArray();
        for (var at = 0; at < frame.Length; at += 37)
        {
            var damaged = frame.ToArray();
            damaged[at] ^= 0x10;
            var output = new byte[input.Length];
            Assert.Throws<ZstdException>(() => decompressor.Unwrap(damaged, output));
        }

        Assert.Equal(input.Length, decompressor.Unwrap(frame, new byte[input.Length]));
    }

    [Fact]
    public void Every_cut_of_a_frame_is_refused()
    {
        var input = Text.Lines(60, seed: 5);
        using var compressor = new Compressor();
        using var decompressor = new Decompressor();
        var frame = compressor.Wrap(input).ToArray();
        // No byte at all is no frame, and no error either.
        for (var length = 1; length < frame.Length; length++)
        {
            Assert.Throws<ZstdException>(() => decompressor.Unwrap(frame.AsSpan(0, length), new byte[input.Length]));
            Assert.Throws<ZstdException>(() => { decompressor.Unwrap(frame.AsSpan(0, length)); });
        }

        Assert.Throws<ZstdException>(() => { decompressor.Unwrap("this is no frame"u8); });
    }

    [Fact]
    public void A_dictionary_makes_small_input_smaller_and_is_needed_to_read_it()
    {
        var input = Text.Lines(12, seed: 6);
        byte[] dictionary = [.. Text.Lines(400, seed: 7), .. input[..^20]];
        using var plain = new Compressor();
        using var compressor = new Compressor();
        compressor.LoadDictionary(dictionary);
        var frame = compressor.Wrap(input).ToArray();
        Assert.True(frame.Length * 3 < plain.Wrap(input).Length);

        using var decompressor = new Decompressor();
        Assert.Throws<ZstdException>(() => decompressor.Unwrap(frame, new byte[input.Length]));
        decompressor.LoadDictionary(dictionary);
        Assert.True(decompressor.Unwrap(frame).SequenceEqual(input));
    }

    [Fact]
    public void A_level_out_of_range_is_clamped_and_a_wrong_window_refused()
    {
        using var compressor = new Compressor(1000);
        Assert.Equal(Compressor.MaxCompressionLevel, compressor.GetParameter(ZSTD_cParameter.ZSTD_c_compressionLevel));
        Assert.True(Compressor.MinCompressionLevel < 0);
        Assert.Equal(
            ZSTD_ErrorCode.ZSTD_error_parameter_outOfBound,
            Assert.Throws<ZstdException>(() => compressor.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 99)).Code);
    }

    [Fact]
    public void A_disposed_context_is_never_touched()
    {
        var compressor = new Compressor();
        compressor.Dispose();
        compressor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { compressor.Wrap("x"u8); });
        var decompressor = new Decompressor();
        decompressor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { decompressor.Unwrap([1, 2], new byte[4]); });
    }
}
