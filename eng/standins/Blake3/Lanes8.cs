using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Blake3;

/// <summary>Eight lanes: AVX2.</summary>
internal readonly struct Lanes8 : ILaneVector<Vector256<uint>>
{
    public static Vector256<uint> Create(uint value) => Vector256.Create(value);

    public static Vector256<uint> CounterLow(ulong start, uint step) =>
        Vector256.Create(Lanes4.CounterLow(start, step), Lanes4.CounterLow(start + (4UL * step), step));

    public static Vector256<uint> CounterHigh(ulong start, uint step) =>
        Vector256.Create(Lanes4.CounterHigh(start, step), Lanes4.CounterHigh(start + (4UL * step), step));

    public static Vector256<uint> Add(Vector256<uint> left, Vector256<uint> right) => left + right;

    public static Vector256<uint> Xor(Vector256<uint> left, Vector256<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight16(Vector256<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 16)
        : Avx2.Shuffle(value.AsByte(), Vector256.Create(
            (byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight12(Vector256<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 12) : (value >>> 12) | (value << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight8(Vector256<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 8)
        : Avx2.Shuffle(value.AsByte(), Vector256.Create(
            (byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight7(Vector256<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 7) : (value >>> 7) | (value << 25);

    public static unsafe void LoadTransposed(byte* source, nint stride, Vector256<uint>* words)
    {
        var low = stackalloc Vector256<uint>[4];
        var high = stackalloc Vector256<uint>[4];
        var step = stride / sizeof(uint);
        for (var half = 0; half < 2; half++)
        {
            var at = (uint*)(source + (half * sizeof(Vector256<uint>)));
            TransposeLanes(
                Vector256.Load(at), Vector256.Load(at + step), Vector256.Load(at + (2 * step)), Vector256.Load(at + (3 * step)), low);
            at += 4 * step;
            TransposeLanes(
                Vector256.Load(at), Vector256.Load(at + step), Vector256.Load(at + (2 * step)), Vector256.Load(at + (3 * step)), high);
            for (var k = 0; k < 4; k++)
            {
                words[(8 * half) + k] = Avx2.Permute2x128(low[k], high[k], 0x20);
                words[(8 * half) + 4 + k] = Avx2.Permute2x128(low[k], high[k], 0x31);
            }
        }
    }

    public static unsafe void StoreTransposed(Vector256<uint>* words, uint* destination)
    {
        var first = stackalloc Vector256<uint>[4];
        var second = stackalloc Vector256<uint>[4];
        TransposeLanes(words[0], words[1], words[2], words[3], first);
        TransposeLanes(words[4], words[5], words[6], words[7], second);
        for (var k = 0; k < 4; k++)
        {
            Avx2.Permute2x128(first[k], second[k], 0x20).Store(destination + (8 * k));
            Avx2.Permute2x128(first[k], second[k], 0x31).Store(destination + (8 * (k + 4)));
        }
    }

    /// <summary>In each 128-bit part on its own, writes to result[k] the words k of the four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void TransposeLanes(
        Vector256<uint> row0, Vector256<uint> row1, Vector256<uint> row2, Vector256<uint> row3, Vector256<uint>* result)
    {
        var low01 = Avx2.UnpackLow(row0, row1).AsUInt64();
        var high01 = Avx2.UnpackHigh(row0, row1).AsUInt64();
        var low23 = Avx2.UnpackLow(row2, row3).AsUInt64();
        var high23 = Avx2.UnpackHigh(row2, row3).AsUInt64();
        result[0] = Avx2.UnpackLow(low01, low23).AsUInt32();
        result[1] = Avx2.UnpackHigh(low01, low23).AsUInt32();
        result[2] = Avx2.UnpackLow(high01, high23).AsUInt32();
        result[3] = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }
}
