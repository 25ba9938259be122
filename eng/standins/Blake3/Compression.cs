using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Blake3;

/// <summary>Compresses single blocks and runs of equally long inputs at the width in force.</summary>
internal static class Compression
{
    /// <summary>Compresses one block; <paramref name="output"/> gets 16 words and may overlap <paramref name="chain"/>.</summary>
    public static void Single(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint blockLength, uint flags, Span<uint> output)
    {
        if (Lanes.Width == LaneWidth.Scalar)
        {
            ScalarCompression.Compress(chain, block, counter, blockLength, flags, output);
        }
        else
        {
            RowCompression.Compress(chain, block, counter, blockLength, flags, output);
        }
    }

    /// <summary>
    /// Hashes the contiguous inputs of <paramref name="inputs"/>, each of <paramref name="blocksPerInput"/> whole blocks,
    /// to one chaining value each.
    /// </summary>
    /// <param name="inputs">The inputs, without gaps.</param>
    /// <param name="blocksPerInput">16 for chunks, 1 for parents.</param>
    /// <param name="key">The chaining value that each input starts with.</param>
    /// <param name="counter">The counter of the first input.</param>
    /// <param name="counterStep">1 for chunks; 0 for parents, whose counter is always 0.</param>
    /// <param name="flags">The flags of every block.</param>
    /// <param name="chains">Eight words for each input, in order.</param>
    public static unsafe void Many(
        ReadOnlySpan<byte> inputs,
        int blocksPerInput,
        ReadOnlySpan<uint> key,
        ulong counter,
        uint counterStep,
        uint flags,
        Span<uint> chains)
    {
        var inputBytes = blocksPerInput * Format.BlockBytes;
        var count = inputs.Length / inputBytes;
        var width = (int)Lanes.Width;
        fixed (byte* input = inputs)
        fixed (uint* keyWords = key[..Format.ChainWords])
        fixed (uint* chain = chains[..(count * Format.ChainWords)])
        {
            for (var done = 0; done < count;)
            {
                var left = count - done;
                var from = input + ((nint)done * inputBytes);
                var to = chain + (done * Format.ChainWords);
                var number = counter + ((ulong)done * counterStep);
                if (width >= 16 && left >= 16)
                {
                    LaneKernel<Vector512<uint>, Lanes16>.Hash(from, blocksPerInput, keyWords, number, counterStep, flags, to);
                    done += 16;
                }
                else if (width >= 8 && left >= 8)
                {
                    LaneKernel<Vector256<uint>, Lanes8>.Hash(from, blocksPerInput, keyWords, number, counterStep, flags, to);
                    done += 8;
                }
                else if (width >= 4 && left >= 4)
                {
                    LaneKernel<Vector128<uint>, Lanes4>.Hash(from, blocksPerInput, keyWords, number, counterStep, flags, to);
                    done += 4;
                }
                else
                {
                    var one = inputs.Slice(done * inputBytes, inputBytes);
                    One(one, key, number, flags, counterStep != 0, chains[(done * Format.ChainWords)..]);
                    done++;
                }
            }
        }
    }

    [SkipLocalsInit]
    private static void One(
        ReadOnlySpan<byte> input, ReadOnlySpan<uint> key, ulong counter, uint flags, bool isChunk, Span<uint> chain)
    {
        Span<uint> words = stackalloc uint[Format.BlockWords];
        key.CopyTo(words);
        for (var at = 0; at < input.Length; at += Format.BlockBytes)
        {
            var blockFlags = flags;
            if (isChunk && at == 0)
            {
                blockFlags |= Format.ChunkStart;
            }

            if (isChunk && at + Format.BlockBytes == input.Length)
            {
                blockFlags |= Format.ChunkEnd;
            }

            Single(words, input.Slice(at, Format.BlockBytes), counter, Format.BlockBytes, blockFlags, words);
        }

        words[..Format.ChainWords].CopyTo(chain);
    }
}
