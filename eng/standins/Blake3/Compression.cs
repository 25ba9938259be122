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
        fixed (byte* input = inputs)
        fixed (uint* keyWords = key[..Format.ChainWords])
        fixed (uint* chain = chains[..(count * Format.ChainWords)])
        {
            for (var done = 0; done < count;)
            {
                var left = count - done;
                var width = Lanes.For(left);
                var from = input + ((nint)done * inputBytes);
                var to = chain + (done * Format.ChainWords);
                var number = counter + ((ulong)done * counterStep);
                if (width == 1)
                {
                    One(new ReadOnlySpan<byte>(from, inputBytes), key, number, flags, counterStep != 0, new Span<uint>(to, Format.ChainWords));
                }
                else if (width <= left)
                {
                    Full(width, from, blocksPerInput, keyWords, number, counterStep, flags, to);
                }
                else
                {
                    Padded(width, left, from, blocksPerInput, keyWords, number, counterStep, flags, to);
                }

                done += width;
            }
        }
    }

    private static unsafe void Full(
        int width, byte* inputs, int blocksPerInput, uint* key, ulong counter, uint counterStep, uint flags, uint* chains)
    {
        switch (width)
        {
            case 16:
                LaneKernel<Vector512<uint>, Lanes16>.Hash(inputs, blocksPerInput, key, counter, counterStep, flags, chains);
                break;
            case 8:
                LaneKernel<Vector256<uint>, Lanes8>.Hash(inputs, blocksPerInput, key, counter, counterStep, flags, chains);
                break;
            default:
                LaneKernel<Vector128<uint>, Lanes4>.Hash(inputs, blocksPerInput, key, counter, counterStep, flags, chains);
                break;
        }
    }

    /// <summary>Hashes fewer inputs than there are lanes. What the idle lanes hash is whatever the stack holds, and is dropped.</summary>
    [SkipLocalsInit]
    private static unsafe void Padded(
        int width, int count, byte* inputs, int blocksPerInput, uint* key, ulong counter, uint counterStep, uint flags, uint* chains)
    {
        var inputBytes = blocksPerInput * Format.BlockBytes;
        var copy = stackalloc byte[width * inputBytes];
        var all = stackalloc uint[width * Format.ChainWords];
        new ReadOnlySpan<byte>(inputs, count * inputBytes).CopyTo(new Span<byte>(copy, count * inputBytes));
        Full(width, copy, blocksPerInput, key, counter, counterStep, flags, all);
        new ReadOnlySpan<uint>(all, count * Format.ChainWords).CopyTo(new Span<uint>(chains, count * Format.ChainWords));
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
