using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>Spreads the subtrees of one large input over the cores.</summary>
internal static class ParallelUpdate
{
    private const int SubtreeBytes = Tree.MaxSubtreeChunks * Format.ChunkBytes;

    /// <summary>Below this many subtrees (256 KiB each) waking other threads costs more than it gains.</summary>
    private const int MinSubtrees = 4;

    public static unsafe void Run(ref Tree tree, ReadOnlySpan<byte> data)
    {
        data = data[tree.CompleteChunk(data)..];

        // The chunks up to a multiple of the subtree size go alone; the last byte must stay for the open chunk.
        var misaligned = (int)(tree.ChunkCounter % Tree.MaxSubtreeChunks);
        var lead = misaligned == 0 ? 0 : (Tree.MaxSubtreeChunks - misaligned) * Format.ChunkBytes;
        var subtrees = data.Length <= lead ? 0 : (data.Length - lead - 1) / SubtreeBytes;
        if (subtrees < MinSubtrees)
        {
            tree.Update(data);
            return;
        }

        tree.Update(data[..lead]);
        data = data[lead..];
        tree.CompleteChunk(data);
        var chains = new uint[subtrees * Format.ChainWords];
        var key = tree.CopyKey();
        var flags = tree.Flags;
        var first = tree.ChunkCounter;
        fixed (byte* start = data)
        {
            var address = (nint)start;
            Parallel.For(0, subtrees, i => Subtree.Hash(
                new ReadOnlySpan<byte>((void*)(address + ((nint)i * SubtreeBytes)), SubtreeBytes),
                key,
                first + ((ulong)i * Tree.MaxSubtreeChunks),
                flags,
                chains.AsSpan(i * Format.ChainWords, Format.ChainWords)));
        }

        for (var i = 0; i < subtrees; i++)
        {
            tree.AddSubtree(chains.AsSpan(i * Format.ChainWords, Format.ChainWords), Tree.MaxSubtreeChunks);
        }

        tree.Update(data[(subtrees * SubtreeBytes)..]);
    }
}
