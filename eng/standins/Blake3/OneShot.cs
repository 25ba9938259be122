using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>Hashes input whose end is known, so that its last chunks too are hashed side by side.</summary>
internal static class OneShot
{
    private const int SubtreeBytes = Tree.MaxSubtreeChunks * Format.ChunkBytes;

    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Unsafe.SkipInit(out Tree tree);
        tree.Initialize(Format.InitialWords, flags: 0);
        while (input.Length > SubtreeBytes)
        {
            tree.AddSubtree(input[..SubtreeBytes]);
            input = input[SubtreeBytes..];
        }

        if (input.Length <= Format.ChunkBytes)
        {
            tree.Update(input);
            tree.Finish(offset: 0, output);
            return;
        }

        Span<uint> chains = stackalloc uint[Tree.MaxSubtreeChunks * Format.ChainWords];
        var count = HashChunks(input, tree.ChunkCounter, chains);
        while (count > 2)
        {
            count = JoinPairs(chains, count);
        }

        tree.FinishAt(MemoryMarshal.AsBytes(chains[..Format.BlockWords]), output);
    }

    /// <summary>Writes the chaining value of each chunk, of which the last may be short; returns their count.</summary>
    [SkipLocalsInit]
    private static int HashChunks(ReadOnlySpan<byte> input, ulong counter, Span<uint> chains)
    {
        var whole = input.Length / Format.ChunkBytes;
        var wholeBytes = whole * Format.ChunkBytes;
        Compression.Many(input[..wholeBytes], Format.BlocksPerChunk, Format.InitialWords, counter, counterStep: 1, flags: 0, chains);
        if (wholeBytes == input.Length)
        {
            return whole;
        }

        Unsafe.SkipInit(out Tree last);
        last.Initialize(Format.InitialWords, flags: 0);
        last.HashLastChunk(input[wholeBytes..], counter + (ulong)whole, chains[(whole * Format.ChainWords)..]);
        return whole + 1;
    }

    /// <summary>
    /// Replaces neighbours by their parents; an odd one at the end moves up as it is. Done level by level this makes the
    /// tree of the paper, in which each left side is the largest complete one.
    /// </summary>
    private static int JoinPairs(Span<uint> chains, int count)
    {
        var pairs = count / 2;
        Compression.Many(
            MemoryMarshal.AsBytes(chains[..(pairs * Format.BlockWords)]),
            blocksPerInput: 1,
            Format.InitialWords,
            counter: 0,
            counterStep: 0,
            Format.Parent,
            chains);
        if (count % 2 == 0)
        {
            return pairs;
        }

        chains.Slice((count - 1) * Format.ChainWords, Format.ChainWords).CopyTo(chains[(pairs * Format.ChainWords)..]);
        return pairs + 1;
    }
}
