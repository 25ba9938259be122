using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blake3;

/// <summary>The compression function word by word: the reference for all vector widths, and what runs where there are no vectors.</summary>
internal static class ScalarCompression
{
    /// <summary>Compresses one block and leaves all sixteen words; the first eight are the new chaining value.</summary>
    public static void Compress(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint blockLength, uint flags, Span<uint> output)
    {
        var words = MemoryMarshal.Cast<byte, uint>(block[..Format.BlockBytes]);
        var v0 = chain[0];
        var v1 = chain[1];
        var v2 = chain[2];
        var v3 = chain[3];
        var v4 = chain[4];
        var v5 = chain[5];
        var v6 = chain[6];
        var v7 = chain[7];
        var v8 = Format.Initial0;
        var v9 = Format.Initial1;
        var v10 = Format.Initial2;
        var v11 = Format.Initial3;
        var v12 = (uint)counter;
        var v13 = (uint)(counter >> 32);
        var v14 = blockLength;
        var v15 = flags;
        for (var round = 0; round < Format.Rounds; round++)
        {
            var schedule = Format.Schedule.Slice(round * Format.BlockWords, Format.BlockWords);
            Mix(ref v0, ref v4, ref v8, ref v12, words[schedule[0]], words[schedule[1]]);
            Mix(ref v1, ref v5, ref v9, ref v13, words[schedule[2]], words[schedule[3]]);
            Mix(ref v2, ref v6, ref v10, ref v14, words[schedule[4]], words[schedule[5]]);
            Mix(ref v3, ref v7, ref v11, ref v15, words[schedule[6]], words[schedule[7]]);
            Mix(ref v0, ref v5, ref v10, ref v15, words[schedule[8]], words[schedule[9]]);
            Mix(ref v1, ref v6, ref v11, ref v12, words[schedule[10]], words[schedule[11]]);
            Mix(ref v2, ref v7, ref v8, ref v13, words[schedule[12]], words[schedule[13]]);
            Mix(ref v3, ref v4, ref v9, ref v14, words[schedule[14]], words[schedule[15]]);
        }

        // The upper half feeds only extended output. It takes in the old chain, which may be where the lower half goes.
        output[8] = v8 ^ chain[0];
        output[9] = v9 ^ chain[1];
        output[10] = v10 ^ chain[2];
        output[11] = v11 ^ chain[3];
        output[12] = v12 ^ chain[4];
        output[13] = v13 ^ chain[5];
        output[14] = v14 ^ chain[6];
        output[15] = v15 ^ chain[7];
        output[0] = v0 ^ v8;
        output[1] = v1 ^ v9;
        output[2] = v2 ^ v10;
        output[3] = v3 ^ v11;
        output[4] = v4 ^ v12;
        output[5] = v5 ^ v13;
        output[6] = v6 ^ v14;
        output[7] = v7 ^ v15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        a += b + x;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 12);
        a += b + y;
        d = BitOperations.RotateRight(d ^ a, 8);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 7);
    }
}
