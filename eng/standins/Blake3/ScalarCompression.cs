using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>The compression function word by word: the reference for all vector widths, and what runs where there are no vectors.</summary>
internal static class ScalarCompression
{
    /// <summary>Compresses one block and leaves all sixteen words; the first eight are the new chaining value.</summary>
    [SkipLocalsInit]
    public static void Compress(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint blockLength, uint flags, Span<uint> output)
    {
        var words = MemoryMarshal.Cast<byte, uint>(block[..Format.BlockBytes]);
        Span<uint> state = stackalloc uint[Format.BlockWords];
        chain[..Format.ChainWords].CopyTo(state);
        state[8] = Format.Initial0;
        state[9] = Format.Initial1;
        state[10] = Format.Initial2;
        state[11] = Format.Initial3;
        state[12] = (uint)counter;
        state[13] = (uint)(counter >> 32);
        state[14] = blockLength;
        state[15] = flags;

        for (var round = 0; round < Format.Rounds; round++)
        {
            var schedule = Format.Schedule.Slice(round * Format.BlockWords, Format.BlockWords);
            Mix(state, 0, 4, 8, 12, words[schedule[0]], words[schedule[1]]);
            Mix(state, 1, 5, 9, 13, words[schedule[2]], words[schedule[3]]);
            Mix(state, 2, 6, 10, 14, words[schedule[4]], words[schedule[5]]);
            Mix(state, 3, 7, 11, 15, words[schedule[6]], words[schedule[7]]);
            Mix(state, 0, 5, 10, 15, words[schedule[8]], words[schedule[9]]);
            Mix(state, 1, 6, 11, 12, words[schedule[10]], words[schedule[11]]);
            Mix(state, 2, 7, 8, 13, words[schedule[12]], words[schedule[13]]);
            Mix(state, 3, 4, 9, 14, words[schedule[14]], words[schedule[15]]);
        }

        // The upper half feeds only extended output; it takes the input chain in, so it is written before the lower.
        for (var i = 0; i < Format.ChainWords; i++)
        {
            output[i + 8] = state[i + 8] ^ chain[i];
            output[i] = state[i] ^ state[i + 8];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(Span<uint> state, int a, int b, int c, int d, uint x, uint y)
    {
        state[a] += state[b] + x;
        state[d] = BitOperations.RotateRight(state[d] ^ state[a], 16);
        state[c] += state[d];
        state[b] = BitOperations.RotateRight(state[b] ^ state[c], 12);
        state[a] += state[b] + y;
        state[d] = BitOperations.RotateRight(state[d] ^ state[a], 8);
        state[c] += state[d];
        state[b] = BitOperations.RotateRight(state[b] ^ state[c], 7);
    }
}
