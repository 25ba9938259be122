using System.Text;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.Tests.Chunking;

public sealed class ChunkListTests
{
    private static readonly ContentHash Whole = ContentHash.OfContent(Encoding.UTF8.GetBytes("ab"));

    private static readonly ChunkList List = new(
    [
        new ChunkReference(ContentHash.OfContent(Encoding.UTF8.GetBytes("a")), 1),
        new ChunkReference(ContentHash.OfContent(Encoding.UTF8.GetBytes("b")), 300),
    ]);

    [Fact]
    public void The_encoding_is_the_documented_one()
    {
        // The two ids were recorded with b3sum.
        const string A = "17762fddd969a453925d65717ac3eea21320b66b54342fde15128d6caf21215f";
        const string B = "10e5cf3d3c8a4f9f3468c8cc58eea84892a22fdadbc1acb22410190044c1d553";

        Assert.Equal($"430102{A}01{B}ac02", Convert.ToHexStringLower(List.Encode()));
    }

    [Fact]
    public void A_list_comes_back_as_it_was()
    {
        var read = ChunkList.Decode(Whole, List.Encode());

        Assert.Equal(List.Chunks.AsEnumerable(), read.Chunks.AsEnumerable());
        Assert.Equal(301, read.SizeBytes);
    }

    [Fact]
    public void Whatever_is_not_canonical_is_refused()
    {
        var good = List.Encode();
        Assert.Throws<CorruptObjectException>(() => ChunkList.Decode(Whole, [.. good, 0]));
        Assert.Throws<CorruptObjectException>(() => ChunkList.Decode(Whole, [(byte)'C', 2, .. good.AsSpan(2)]));
        Assert.Throws<CorruptObjectException>(() => ChunkList.Decode(Whole, [(byte)'C', 1, 0]));
        for (var length = 0; length < good.Length; length++)
        {
            Assert.Throws<CorruptObjectException>(() => ChunkList.Decode(Whole, good.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ChunkList.MaxChunkBytes + 1)]
    public void Chunks_of_impossible_lengths_are_refused(int length) =>
        Assert.Throws<ArgumentException>(() => new ChunkList([new ChunkReference(Whole, length)]));
}
