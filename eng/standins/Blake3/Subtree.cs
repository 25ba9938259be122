using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>Complete subtrees of a power of two of chunks, at most <see cref="Tree.MaxSubtreeChunks"/>, hashed level by level.</summary>
internal static class Subtree
{
    /// <summary>Writes the chaining value of the subtree over <paramref name="data"/>, which is never the root.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> data, ReadOnlySpan<uint> key, ulong counter, uint flags, Span<uint> chain)
    {
        var count = data.Length / Format.ChunkBytes;
        Span<uint> chains = stackalloc uint[count * Format.ChainWords];
        Compression.Many(data, Format.BlocksPerChunk, key, counter, counterStep: 1, flags, chains);
        for (; count > 1; count /= 2)
        {
            // In place: parent i is written over words 8i.. while its children were at 16i.., and each batch is read before
            // it is written.
            var pairs = MemoryMarshal.AsBytes(chains[..(count * Format.ChainWords)]);
            Compression.Many(pairs, blocksPerInput: 1, key, counter: 0, counterStep: 0, flags | Format.Parent, chains);
        }

        chains[..Format.ChainWords].CopyTo(chain);
    }
}
