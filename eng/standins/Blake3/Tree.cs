using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>
/// The incremental hash state: one unfinished chunk, and the chaining values of the finished subtrees left of it,
/// largest first, one for each set bit of the chunk count.
/// </summary>
/// <remarks>
/// A mutable struct so that a one-shot hash lives on the stack. The last chunk of the input seen so far is never
/// finished before more input arrives, since it might be the root.
/// </remarks>
internal struct Tree
{
    /// <summary>Chunks of the largest subtree hashed in one go: its chaining values (8 KiB) stay in the L1 cache.</summary>
    public const int MaxSubtreeChunks = 256;

    private Chain _key;
    private Chain _chunkChain;
    private PendingChains _pending;
    private Block _block;
    private uint _flags;
    private int _pendingCount;
    private int _blockLength;
    private int _blocksCompressed;
    private ulong _chunkCounter;

    /// <summary>Sets the key and mode of an empty input. The other fields need no initial value.</summary>
    public void Initialize(ReadOnlySpan<uint> key, uint flags)
    {
        key.CopyTo(_key);
        _flags = flags;
        Reset();
    }

    /// <summary>Forgets the input and keeps key and mode.</summary>
    public void Reset()
    {
        _pendingCount = 0;
        StartChunk(0);
    }

    /// <summary>The number of chunks finished so far.</summary>
    public readonly ulong ChunkCounter => _chunkCounter;

    /// <summary>The flags of the mode.</summary>
    public readonly uint Flags => _flags;

    /// <summary>Returns the key's words for threads that cannot hold a reference to this struct.</summary>
    public readonly uint[] CopyKey() => ((ReadOnlySpan<uint>)_key).ToArray();

    private readonly int ChunkLength => (_blocksCompressed * Format.BlockBytes) + _blockLength;

    /// <summary>Takes more input.</summary>
    public void Update(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (ChunkLength == Format.ChunkBytes)
            {
                FinishChunk();
            }

            if (ChunkLength == 0 && data.Length > Format.ChunkBytes)
            {
                var chunks = NextSubtreeChunks(data.Length, MaxSubtreeChunks);
                AddSubtree(data[..(chunks * Format.ChunkBytes)]);
                data = data[(chunks * Format.ChunkBytes)..];
                continue;
            }

            var take = Math.Min(Format.ChunkBytes - ChunkLength, data.Length);
            UpdateChunk(data[..take]);
            data = data[take..];
        }
    }

    /// <summary>
    /// Fills the chunk that was begun and, if data is left over, finishes it, so that what follows starts at a chunk's
    /// edge; returns how much it took.
    /// </summary>
    public int CompleteChunk(ReadOnlySpan<byte> data)
    {
        if (ChunkLength == 0)
        {
            return 0;
        }

        var take = Math.Min(Format.ChunkBytes - ChunkLength, data.Length);
        UpdateChunk(data[..take]);
        if (take < data.Length)
        {
            FinishChunk();
        }

        return take;
    }

    /// <summary>
    /// The chunks of the largest complete subtree that may come next: a power of two that divides the count so far,
    /// and that leaves at least a byte of the data, for the last chunk must stay open.
    /// </summary>
    private readonly int NextSubtreeChunks(int dataLength, int limit)
    {
        var whole = (uint)((dataLength - 1) / Format.ChunkBytes);
        var chunks = (int)Math.Min(1u << BitOperations.Log2(whole), (uint)limit);
        while ((_chunkCounter & (ulong)(chunks - 1)) != 0)
        {
            chunks >>= 1;
        }

        return chunks;
    }

    /// <summary>Takes a complete subtree of a power of two of chunks, which may come next and is not all of the input.</summary>
    [SkipLocalsInit]
    public void AddSubtree(ReadOnlySpan<byte> data)
    {
        Span<uint> chain = stackalloc uint[Format.ChainWords];
        Subtree.Hash(data, _key, _chunkCounter, _flags, chain);
        AddSubtree(chain, data.Length / Format.ChunkBytes);
    }

    /// <summary>Takes the chaining value of a complete subtree that comes next, of a power of two of chunks.</summary>
    [SkipLocalsInit]
    public void AddSubtree(ReadOnlySpan<uint> chain, int chunks)
    {
        var total = _chunkCounter + (ulong)chunks;
        PushPending(chain);

        // As in a binary counter: each trailing zero above the subtree's own level joins two subtrees of equal size.
        Span<uint> words = stackalloc uint[Format.BlockWords];
        for (var level = total >> BitOperations.Log2((uint)chunks); (level & 1) == 0; level >>= 1)
        {
            _pendingCount -= 2;
            var pair = MemoryMarshal.AsBytes(((Span<uint>)_pending).Slice(_pendingCount * Format.ChainWords, Format.BlockWords));
            Compression.Single(_key, pair, 0, Format.BlockBytes, _flags | Format.Parent, words);
            PushPending(words[..Format.ChainWords]);
        }

        StartChunk(total);
    }

    private void PushPending(ReadOnlySpan<uint> chain)
    {
        chain.CopyTo(((Span<uint>)_pending)[(_pendingCount * Format.ChainWords)..]);
        _pendingCount++;
    }

    private void StartChunk(ulong counter)
    {
        _chunkChain = _key;
        _chunkCounter = counter;
        _blockLength = 0;
        _blocksCompressed = 0;
    }

    [SkipLocalsInit]
    private void FinishChunk()
    {
        Span<uint> words = stackalloc uint[Format.BlockWords];
        Compression.Single(_chunkChain, _block, _chunkCounter, (uint)_blockLength, LastBlockFlags, words);
        AddSubtree(words[..Format.ChainWords], 1);
    }

    private readonly uint StartFlag => _blocksCompressed == 0 ? Format.ChunkStart : 0;

    private readonly uint LastBlockFlags => _flags | StartFlag | Format.ChunkEnd;

    [SkipLocalsInit]
    private void UpdateChunk(ReadOnlySpan<byte> data)
    {
        Span<uint> words = stackalloc uint[Format.BlockWords];
        while (!data.IsEmpty)
        {
            if (_blockLength == Format.BlockBytes)
            {
                CompressBlock(_block, words);
                _blockLength = 0;
            }

            // Whole blocks skip the buffer, but for the last one, whose flags are not known yet.
            while (_blockLength == 0 && data.Length > Format.BlockBytes)
            {
                CompressBlock(data[..Format.BlockBytes], words);
                data = data[Format.BlockBytes..];
            }

            var take = Math.Min(Format.BlockBytes - _blockLength, data.Length);
            data[..take].CopyTo(((Span<byte>)_block)[_blockLength..]);
            _blockLength += take;
            data = data[take..];
        }
    }

    private void CompressBlock(ReadOnlySpan<byte> block, Span<uint> words)
    {
        Compression.Single(_chunkChain, block, _chunkCounter, Format.BlockBytes, _flags | StartFlag, words);
        words[..Format.ChainWords].CopyTo(_chunkChain);
        _blocksCompressed++;
    }

    /// <summary>Computes output bytes from <paramref name="offset"/> on; changes nothing, so more input may follow.</summary>
    [SkipLocalsInit]
    public readonly void Finish(ulong offset, Span<byte> output)
    {
        Span<byte> block = stackalloc byte[Format.BlockBytes];
        Span<uint> chain = stackalloc uint[Format.ChainWords];
        ((ReadOnlySpan<byte>)_block)[.._blockLength].CopyTo(block);
        block[_blockLength..].Clear();
        ((ReadOnlySpan<uint>)_chunkChain).CopyTo(chain);
        Finish(chain, block, _chunkCounter, (uint)_blockLength, LastBlockFlags, offset, output);
    }

    /// <summary>Computes the output if the rest of the input is a subtree whose two children are <paramref name="children"/>.</summary>
    [SkipLocalsInit]
    public readonly void FinishAt(ReadOnlySpan<byte> children, Span<byte> output)
    {
        Span<byte> block = stackalloc byte[Format.BlockBytes];
        Span<uint> chain = stackalloc uint[Format.ChainWords];
        children.CopyTo(block);
        ((ReadOnlySpan<uint>)_key).CopyTo(chain);
        Finish(chain, block, 0, Format.BlockBytes, _flags | Format.Parent, offset: 0, output);
    }

    /// <summary>Writes the chaining value of one chunk that may be short, as another than the only one.</summary>
    [SkipLocalsInit]
    public void HashLastChunk(ReadOnlySpan<byte> data, ulong counter, Span<uint> chain)
    {
        StartChunk(counter);
        UpdateChunk(data);
        ((Span<byte>)_block)[_blockLength..].Clear();
        Span<uint> words = stackalloc uint[Format.BlockWords];
        Compression.Single(_chunkChain, _block, counter, (uint)_blockLength, LastBlockFlags, words);
        words[..Format.ChainWords].CopyTo(chain);
    }

    /// <summary>Joins the last node with the pending subtrees from right to left; the last join is the root.</summary>
    [SkipLocalsInit]
    private readonly void Finish(
        Span<uint> chain, Span<byte> block, ulong counter, uint length, uint flags, ulong offset, Span<byte> output)
    {
        Span<uint> words = stackalloc uint[Format.BlockWords];
        for (var left = _pendingCount - 1; left >= 0; left--)
        {
            Compression.Single(chain, block, counter, length, flags, words);
            ReadOnlySpan<uint> pending = _pending;
            MemoryMarshal.AsBytes(pending.Slice(left * Format.ChainWords, Format.ChainWords)).CopyTo(block);
            MemoryMarshal.AsBytes(words[..Format.ChainWords]).CopyTo(block[(Format.BlockBytes / 2)..]);
            ((ReadOnlySpan<uint>)_key).CopyTo(chain);
            counter = 0;
            length = Format.BlockBytes;
            flags = _flags | Format.Parent;
        }

        RootOutput.Write(chain, block, length, flags, offset, output);
    }

    [InlineArray(Format.ChainWords)]
    private struct Chain
    {
        private uint _first;
    }

    [InlineArray(Format.BlockBytes)]
    private struct Block
    {
        private byte _first;
    }

    // One more than the depth: a new subtree is pushed before it is joined with its left neighbour.
    [InlineArray((Format.MaxDepth + 1) * Format.ChainWords)]
    private struct PendingChains
    {
        private uint _first;
    }
}
