using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>Compresses single blocks and runs of equally long inputs at the width in force.</summary>
internal static class Compression
{
    /// <summary>Compresses one block; <paramref name="output"/> gets 16 words and may overlap <paramref name="chain"/>.</summary>
    public static void Single(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint blockLength, uint flags, Span<uint> output) =>
        ScalarCompression.Compress(chain, block, counter, blockLength, flags, output);

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
    public static void Many(
        ReadOnlySpan<byte> inputs,
        int blocksPerInput,
        ReadOnlySpan<uint> key,
        ulong counter,
        uint counterStep,
        uint flags,
        Span<uint> chains)
    {
        var inputBytes = blocksPerInput * Format.BlockBytes;
        while (!inputs.IsEmpty)
        {
            One(inputs[..inputBytes], key, counter, flags, counterStep != 0, chains);
            inputs = inputs[inputBytes..];
            chains = chains[Format.ChainWords..];
            counter += counterStep;
        }
    }

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

    /// <summary>Reads words as BLAKE3 lays them out: little-endian, which <see cref="Hasher"/> makes sure the machine is.</summary>
    public static Span<byte> AsBytes(Span<uint> words) => MemoryMarshal.AsBytes(words);
}
