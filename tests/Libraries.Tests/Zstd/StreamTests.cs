using ZstdSharp;
using ZstdSharp.Unsafe;

namespace W0rktree.Libraries.Tests.Zstd;

public sealed class StreamTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(20_000, 0)]
    [InlineData(3_000, 1)]
    [InlineData(3_000, 1000)]
    public void What_is_written_reads_back(int lines, int bufferSize)
    {
        var input = Text.Lines(lines, seed: 20);
        using var frame = new MemoryStream();
        using (var compressing = new CompressionStream(frame, level: 3, bufferSize))
        {
            compressing.Write(input, 0, input.Length / 2);
            compressing.Write(input.AsSpan(input.Length / 2));
        }

        frame.Position = 0;
        using var decompressing = new DecompressionStream(frame, bufferSize);
        using var output = new MemoryStream();
        decompressing.CopyTo(output, 777);
        Assert.Equal(input, output.ToArray());
    }

    [Fact]
    public async Task Asynchronous_forms_do_the_same_and_two_frames_in_a_row_are_one_content()
    {
        var input = Text.Lines(9_000, seed: 21);
        using var frames = new MemoryStream();
        for (var i = 0; i < 2; i++)
        {
            await using var compressing = new CompressionStream(frames);
            await compressing.WriteAsync(input);
        }

        frames.Position = 0;
        await using var decompressing = new DecompressionStream(frames);
        using var output = new MemoryStream();
        await decompressing.CopyToAsync(output);
        Assert.Equal([.. input, .. input], output.ToArray());
    }

    [Fact]
    public void Flushed_input_can_be_read_before_the_frame_ends()
    {
        using var frame = new MemoryStream();
        using var compressing = new CompressionStream(frame);
        compressing.Write("so far"u8);
        compressing.Flush();
        using var decompressing = new DecompressionStream(new MemoryStream(frame.ToArray()));
        var buffer = new byte[6];
        decompressing.ReadExactly(buffer);
        Assert.Equal("so far"u8.ToArray(), buffer);
    }

    [Fact]
    public void A_pledged_size_stands_in_the_frame_and_must_be_kept()
    {
        var input = Text.Lines(100, seed: 24);
        using var frame = new MemoryStream();
        using (var compressing = new CompressionStream(frame))
        {
            compressing.SetPledgedSrcSize((ulong)input.Length);
            compressing.Write(input);
        }

        Assert.Equal((ulong)input.Length, Decompressor.GetDecompressedSize(frame.ToArray()));
        var broken = new CompressionStream(new MemoryStream());
        broken.SetPledgedSrcSize(10);
        broken.Write("less"u8);
        Assert.Equal(ZSTD_ErrorCode.ZSTD_error_srcSize_wrong, Assert.Throws<ZstdException>(broken.Dispose).Code);
    }

    [Fact]
    public void A_cut_stream_throws_at_its_end_and_damage_throws_at_once()
    {
        var input = Text.Lines(5_000, seed: 22);
        using var compressor = new Compressor();
        var frame = compressor.Wrap(input).ToArray();
        using var cut = new DecompressionStream(new MemoryStream(frame[..^1]));
        Assert.Throws<EndOfStreamException>(() => cut.CopyTo(Stream.Null));

        frame[5] ^= 0xff;
        frame[6] ^= 0xff;
        using var damaged = new DecompressionStream(new MemoryStream(frame));
        Assert.Throws<ZstdException>(() => damaged.CopyTo(Stream.Null));
    }

    [Fact]
    public void A_frame_with_a_window_over_the_limit_is_refused()
    {
        using var frame = new MemoryStream();
        using (var compressing = new CompressionStream(frame))
        {
            compressing.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 24);
            compressing.Write(Text.Lines(100, seed: 23));
        }

        frame.Position = 0;
        using var decompressing = new DecompressionStream(frame);
        decompressing.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 20);
        Assert.Equal(
            ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge,
            Assert.Throws<ZstdException>(() => decompressing.CopyTo(Stream.Null)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_inner_stream_is_closed_only_when_asked_for(bool leaveOpen)
    {
        var inner = new MemoryStream();
        new CompressionStream(inner, leaveOpen: leaveOpen).Dispose();
        Assert.Equal(leaveOpen, inner.CanWrite);
        var second = new MemoryStream(inner.ToArray());
        new DecompressionStream(second, leaveOpen: leaveOpen).Dispose();
        Assert.Equal(leaveOpen, second.CanRead);
    }

    [Fact]
    public void A_disposed_stream_refuses_further_use()
    {
        var compressing = new CompressionStream(new MemoryStream());
        compressing.Dispose();
        compressing.Dispose();
        Assert.Throws<ObjectDisposedException>(() => compressing.Write("x"u8));
        var decompressing = new DecompressionStream(new MemoryStream());
        decompressing.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decompressing.ReadByte());
    }
}
