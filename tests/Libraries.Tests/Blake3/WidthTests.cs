#if STANDIN_BLAKE3
using Blake3;

namespace W0rktree.Libraries.Tests.Blake3Hashing;

/// <summary>The stand-in at each width that this machine has.</summary>
/// <remarks>A width is in force for the whole process while a test runs; other tests may see it, and must get the same hashes.</remarks>
[Collection(nameof(WidthTests))]
public sealed class WidthTests : IDisposable
{
    public static TheoryData<int> Widths => [.. new[] { 0, 1, 4, 8, 16 }.Where(width => width <= (int)Lanes.Widest)];

    public void Dispose() => Lanes.Width = Lanes.Default;

    [Theory]
    [MemberData(nameof(Widths))]
    public void What_b3sum_said_holds_at_each_width(int width)
    {
        Lanes.Width = (LaneWidth)width;
        RecordedVectors.AssertAll();
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Random_input_hashes_as_one_word_at_a_time(int width)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var turn = 0; turn < 40; turn++)
        {
            var input = new byte[random.Next(1, turn % 8 == 0 ? 400_000 : 40_000)];
            random.NextBytes(input);
            var key = new byte[32];
            random.NextBytes(key);
            Assert.True(
                Keyed(LaneWidth.Scalar, input, key, pieces: null) == Keyed((LaneWidth)width, input, key, random),
                $"seed {seed}, turn {turn}, {input.Length} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Chunk_numbers_beyond_32_bits_count(int width)
    {
        // No test can hash 4 TiB, so this asks the middle of the tree: sixteen chunks across the edge of 2^32.
        var chunks = Pattern.Bytes(16 * 1024);
        var key = new uint[8];
        var expected = new uint[16 * 8];
        var actual = new uint[16 * 8];
        const ulong Start = (1UL << 32) - 5;
        Lanes.Width = LaneWidth.Scalar;
        Compression.Many(chunks, Format.BlocksPerChunk, key, Start, counterStep: 1, flags: 0, expected);
        Lanes.Width = (LaneWidth)width;
        Compression.Many(chunks, Format.BlocksPerChunk, key, Start, counterStep: 1, flags: 0, actual);
        Assert.Equal(expected, actual);
    }

    [ConformanceTheory(OfficialVectors.File)]
    [MemberData(nameof(Widths))]
    public void The_official_vectors_hold_at_each_width(int width)
    {
        Lanes.Width = (LaneWidth)width;
        OfficialVectors.Load().AssertAll();
    }

    [Fact]
    public void Hashing_at_once_allocates_nothing()
    {
        var input = Pattern.Bytes(70_000);
        Span<byte> output = stackalloc byte[32];
        Hasher.Hash(input.AsSpan(0, 900), output);
        Hasher.Hash(input, output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Hasher.Hash(input.AsSpan(0, 900), output);
        _ = Hasher.Hash(input.AsSpan(0, 4));
        Hasher.Hash(input, output);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Hash Keyed(LaneWidth width, ReadOnlySpan<byte> input, byte[] key, Random? pieces)
    {
        Lanes.Width = width;
        using var hasher = Hasher.NewKeyed(key);
        while (!input.IsEmpty)
        {
            var take = pieces is null ? input.Length : Math.Min(input.Length, 1 + pieces.Next(40_000));
            hasher.Update(input[..take]);
            input = input[take..];
        }

        return hasher.Finalize();
    }
}
#endif
