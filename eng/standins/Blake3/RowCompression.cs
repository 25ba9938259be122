using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Blake3;

/// <summary>The compression function for one block with its 4 × 4 state in four vectors, a row each.</summary>
internal static class RowCompression
{
    /// <summary>
    /// For each round the words for the columns (first, second use), then for the diagonals, all in the order of the lanes.
    /// It is <see cref="Format.Schedule"/> in another order; diagonals start at the last one, see <see cref="Compress"/>.
    /// </summary>
    private static ReadOnlySpan<byte> Schedule =>
    [
        0, 2, 4, 6, 1, 3, 5, 7, 14, 8, 10, 12, 15, 9, 11, 13,
        2, 3, 7, 4, 6, 10, 0, 13, 15, 1, 12, 9, 8, 11, 5, 14,
        3, 10, 13, 7, 4, 12, 2, 14, 8, 6, 9, 11, 1, 5, 0, 15,
        10, 12, 14, 13, 7, 9, 3, 15, 1, 4, 11, 5, 6, 0, 2, 8,
        12, 9, 15, 14, 13, 11, 10, 8, 6, 7, 5, 0, 4, 2, 3, 1,
        9, 11, 8, 15, 14, 5, 12, 1, 4, 13, 0, 2, 7, 3, 10, 6,
        11, 5, 1, 8, 15, 0, 9, 6, 7, 14, 2, 3, 13, 10, 12, 4,
    ];

    /// <summary>Does what <see cref="ScalarCompression.Compress"/> does.</summary>
    [SkipLocalsInit]
    public static void Compress(
        ReadOnlySpan<uint> chain, ReadOnlySpan<byte> block, ulong counter, uint blockLength, uint flags, Span<uint> output)
    {
        ref var words = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(block[..Format.BlockBytes]));
        ref var schedule = ref MemoryMarshal.GetReference(Schedule);
        var chainLow = Vector128.Create(chain);
        var chainHigh = Vector128.Create(chain[4..]);
        var row0 = chainLow;
        var row1 = chainHigh;
        var row2 = Vector128.Create(Format.Initial0, Format.Initial1, Format.Initial2, Format.Initial3);
        var row3 = Vector128.Create((uint)counter, (uint)(counter >> 32), blockLength, flags);
        for (nint round = 0; round < Format.Rounds * Format.BlockWords; round += Format.BlockWords)
        {
            ref var s = ref Unsafe.Add(ref schedule, round);
            Mix(ref row0, ref row1, ref row2, ref row3, Gather(ref words, ref s), Gather(ref words, ref Unsafe.Add(ref s, 4)));

            // The other rows are turned around row 1, the last to be ready, so that the diagonals stand in columns.
            row0 = Vector128.Shuffle(row0, Vector128.Create(3u, 0, 1, 2));
            row2 = Vector128.Shuffle(row2, Vector128.Create(1u, 2, 3, 0));
            row3 = Vector128.Shuffle(row3, Vector128.Create(2u, 3, 0, 1));
            Mix(ref row0, ref row1, ref row2, ref row3, Gather(ref words, ref Unsafe.Add(ref s, 8)), Gather(ref words, ref Unsafe.Add(ref s, 12)));
            row0 = Vector128.Shuffle(row0, Vector128.Create(1u, 2, 3, 0));
            row2 = Vector128.Shuffle(row2, Vector128.Create(3u, 0, 1, 2));
            row3 = Vector128.Shuffle(row3, Vector128.Create(2u, 3, 0, 1));
        }

        (row0 ^ row2).CopyTo(output);
        (row1 ^ row3).CopyTo(output[4..]);
        (row2 ^ chainLow).CopyTo(output[8..]);
        (row3 ^ chainHigh).CopyTo(output[12..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Gather(ref uint words, ref byte schedule) => Vector128.Create(
        Unsafe.Add(ref words, schedule),
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, 1)),
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, 2)),
        Unsafe.Add(ref words, Unsafe.Add(ref schedule, 3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d, Vector128<uint> x, Vector128<uint> y)
    {
        // The sums take b last: it is the end of the chain that bounds the speed.
        a = a + x + b;
        d = Lanes4.RotateRight16(d ^ a);
        c += d;
        b = Lanes4.RotateRight12(b ^ c);
        a = a + y + b;
        d = Lanes4.RotateRight8(d ^ a);
        c += d;
        b = Lanes4.RotateRight7(b ^ c);
    }
}
