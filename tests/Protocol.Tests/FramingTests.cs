using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Protocol.Tests;

/// <summary>Holds the frames to their limits, against a peer that may send anything.</summary>
public sealed class FramingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(Framing.MaxFrameBytes)]
    public async Task A_frame_is_read_as_it_was_written(int length)
    {
        var frame = new byte[length];
        new Random(length).NextBytes(frame);
        using var stream = new MemoryStream();
        await Framing.WriteAsync(stream, frame, CancellationToken.None);

        Assert.Equal(length, BinaryPrimitives.ReadInt32BigEndian(stream.ToArray()));
        stream.Position = 0;
        Assert.Equal(SHA256.HashData(frame), SHA256.HashData((await Framing.ReadAsync(stream, CancellationToken.None))!));
        Assert.Null(await Framing.ReadAsync(stream, CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Framing.MaxFrameBytes + 1)]
    public async Task A_frame_outside_the_limits_is_not_written(int length)
    {
        using var stream = new MemoryStream();
        await Assert.ThrowsAsync<ArgumentException>(async () => await Framing.WriteAsync(stream, new byte[length], CancellationToken.None));
        Assert.Equal(0, stream.Length);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(Framing.MaxFrameBytes + 1u)]
    [InlineData(0x7B226964u)] // '{"id', from a client that forgot the length
    [InlineData(0x47455420u)] // 'GET ', from a browser
    [InlineData(uint.MaxValue)]
    public async Task An_announced_length_outside_the_limits_is_refused_before_anything_is_read(uint length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        using var stream = new MemoryStream(bytes);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Framing.ReadAsync(stream, CancellationToken.None));
        Assert.Equal(4, stream.Position);
    }

    [Fact]
    public async Task A_stream_that_ends_anywhere_inside_a_frame_is_told_from_one_that_ends_between_frames()
    {
        using var whole = new MemoryStream();
        await Framing.WriteAsync(whole, new byte[] { 1, 2, 3, 4, 5, 6 }, CancellationToken.None);
        var bytes = whole.ToArray();
        for (var kept = 1; kept < bytes.Length; kept++)
        {
            using var cut = new MemoryStream(bytes[..kept]);
            await Assert.ThrowsAsync<EndOfStreamException>(async () => await Framing.ReadAsync(cut, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_frame_that_arrives_byte_by_byte_is_whole_at_the_end()
    {
        var pipe = new Pipe();
        var reading = Framing.ReadAsync(pipe.Reader.AsStream(), CancellationToken.None).AsTask();
        foreach (var part in new byte[] { 0, 0, 0, 3, 7, 8, 9 })
        {
            Assert.False(reading.IsCompleted);
            await pipe.Writer.WriteAsync(new[] { part });
        }

        Assert.Equal([7, 8, 9], (await reading)!);
    }

    [Fact]
    public async Task Frames_that_arrive_in_one_piece_are_told_apart()
    {
        using var stream = new MemoryStream();
        await Framing.WriteAsync(stream, new byte[] { 1 }, CancellationToken.None);
        await Framing.WriteAsync(stream, new byte[] { 2, 2 }, CancellationToken.None);
        stream.Position = 0;
        Assert.Equal([1], (await Framing.ReadAsync(stream, CancellationToken.None))!);
        Assert.Equal([2, 2], (await Framing.ReadAsync(stream, CancellationToken.None))!);
    }

    [Fact]
    public async Task A_peer_that_announces_the_largest_frame_and_falls_silent_costs_little_memory_and_can_be_cancelled()
    {
        var header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, Framing.MaxFrameBytes);
        var stream = new SilentAfter(header);
        using var patience = new CancellationTokenSource();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = Framing.ReadAsync(stream, patience.Token);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);

        Assert.False(reading.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }

    [Fact]
    public async Task Garbage_gives_a_frame_or_one_of_two_refusals_and_nothing_else()
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(0, 40)];
            random.NextBytes(bytes);
            if (bytes.Length > 3 && random.Next(2) == 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(bytes, random.Next(0, 50)); // Near the truth, where the mistakes are.
            }

            using var stream = new MemoryStream(bytes);
            var thrown = await Record.ExceptionAsync(async () =>
            {
                while (await Framing.ReadAsync(stream, CancellationToken.None) is { } frame)
                {
                    Assert.InRange(frame.Length, 1, bytes.Length - 4);
                }
            });
            Assert.True(thrown is null or InvalidDataException or EndOfStreamException, $"seed {seed}, round {round}: {thrown}");
        }
    }

    /// <summary>Gives some bytes, then nothing more, as a peer that holds the connection open does.</summary>
    private sealed class SilentAfter(byte[] first) : Stream
    {
        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _given; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given == first.Length)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var count = Math.Min(buffer.Length, first.Length - _given);
            first.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
