using W0rktree.Core.Chunking;

namespace W0rktree.Core.Tests.Chunking;

public sealed class CutWindowTests
{
    [Theory]
    [InlineData(64, 256, 1024)]
    [InlineData(1000, 65_536, 300_001)]
    [InlineData(4096, 65_536, 262_144)]
    public void What_is_read_in_pieces_is_cut_as_the_whole_is(int minimum, int average, int maximum)
    {
        for (var seed = 1; seed <= 24; seed++)
        {
            Random random = new(seed);
            var content = new byte[(maximum * 5) + random.Next(maximum)];
            random.NextBytes(content);
            // Runs without any cut, so that some chunks are the longest there can be.
            content.AsSpan(maximum, random.Next(maximum * 2)).Fill((byte)seed);
            FastCdc cutter = new(minimum, average, maximum, seed % 4, 0, seed % 2 == 0 ? false : null);

            Assert.Equal(Whole(cutter, content), InPieces(cutter, content, random));
        }
    }

    [Fact]
    public void Nothing_is_cut_of_nothing()
    {
        CutWindow window = new(new FastCdc(64, 256, 1024), new byte[1025]);

        Assert.Equal(0, window.Cut());
        window.Add(0);
        Assert.True(window.HasEnded);
        Assert.Equal(0, window.Cut());
    }

    [Fact]
    public void A_buffer_without_room_for_more_than_the_longest_chunk_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CutWindow(new FastCdc(64, 256, 1024), new byte[1024]));

    private static List<int> Whole(FastCdc cutter, ReadOnlySpan<byte> content)
    {
        List<int> lengths = [];
        for (; !content.IsEmpty; content = content[lengths[^1]..])
        {
            lengths.Add(cutter.Cut(content));
        }

        return lengths;
    }

    // Reads a byte, a few, or as many as there is room for; what is taken has to be the content, in order.
    private static List<int> InPieces(FastCdc cutter, byte[] content, Random random)
    {
        CutWindow window = new(cutter, new byte[cutter.MaximumBytes + 1 + random.Next(cutter.MaximumBytes)]);
        List<int> lengths = [];
        int read = 0, taken = 0;
        while (true)
        {
            if (window.Cut() is var length and not 0)
            {
                Assert.True(window.Rest.Span[..length].SequenceEqual(content.AsSpan(taken, length)));
                window.Take(length);
                lengths.Add(length);
                taken += length;
            }
            else if (window.HasEnded)
            {
                return lengths;
            }
            else
            {
                var most = random.Next(3) switch { 0 => 1 + random.Next(3), 1 => 1 + random.Next(cutter.MaximumBytes / 8), _ => int.MaxValue };
                var room = window.Room(most);
                var count = Math.Min(room.Length, content.Length - read);
                content.AsSpan(read, count).CopyTo(room.Span);
                window.Add(count);
                read += count;
            }
        }
    }
}
