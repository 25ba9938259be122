using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Blake3;

/// <summary>The compression function for one block with its 4 × 4 state in four vectors, a row each.</summary>
internal static class RowCompression
{
    /// <summary>Does what <see cref="ScalarCompression.Compress"/> does.</summary>
    [SkipLocalsInit]
    public static void Compress(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint blockLength, uint flags, Span<uint> output)
    {
        ref var words = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(block[..Format.BlockBytes]));
        ref var schedule = ref MemoryMarshal.GetReference(Format.Schedule);
        var chainLow = Vector128.Create(chain);
        var chainHigh = Vector128.Create(chain[4..]);
        var row0 = chainLow;
        var row1 = chainHigh;
        var row2 = Vector128.Create(Format.Initial0, Format.Initial1, Format.Initial2, Format.Initial3);
        var row3 = Vector128.Create((uint)counter, (uint)(counter >> 32), blockLength, flags);
        for (nint round = 0; round < Format.Rounds * Format.BlockWords; round += Format.BlockWords)
        {
            ref var s = ref Unsafe.Add(ref schedule, round);
            Mix(ref row0, ref row1, ref row2, ref row3, Gather(ref words, ref s, 0), Gather(ref words, ref s, 1));

            // Turned by one, two and three places the diagonals stand in columns.
            row1 = Vector128.Shuffle(row1, Vector128.Create(1u, 2, 3, 0));
            row2 = Vector128.Shuffle(row2, Vector128.Create(2u, 3, 0, 1));
            row3 = Vector128.Shuffle(row3, Vector128.Create(3u, 0, 1, 2));
            Mix(ref row0, ref row1, ref row2, ref row3, Gather(ref words, ref s, 8), Gather(ref words, ref s, 9));
            row1 = Vector128.Shuffle(row1, Vector128.Create(3u, 0, 1, 2));
            row2 = Vector128.Shuffle(row2, Vector128.Create(2u, 3, 0, 1));
            row3 = Vector128.Shuffle(row3, Vector128.Create(1u, 2, 3, 0));
        }

        (row0 ^ row2).CopyTo(output);
        (row1 ^ row3).CopyTo(output[4..]);
        (row2 ^ chainLow).CopyTo(output[8..]);
        (row3 ^ chainHigh).CopyTo(output[12..]);
    }

    /// <summary>Takes every second word of the schedule from a place on: the words for the four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Gather(ref uint words, ref byte schedule, nint from) => Vector128.Create(
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, from)),
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, from + 2)),
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, from + 4)),
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, from + 6)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d, Vector128<uint> x, Vector128<uint> y)
    {
        a = a + b + x;
        d = Lanes4.RotateRight16(d ^ a);
        c += d;
        b = Lanes4.RotateRight12(b ^ c);
        a = a + b + y;
        d = Lanes4.RotateRight8(d ^ a);
        c += d;
        b = Lanes4.RotateRight7(b ^ c);
    }
}
