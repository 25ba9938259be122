using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Blake3;

/// <summary>Sixteen lanes: AVX-512.</summary>
internal readonly struct Lanes16 : ILaneVector<Vector512<uint>>
{
    public static Vector512<uint> Create(uint value) => Vector512.Create(value);

    public static Vector512<uint> CounterLow(ulong start, uint step) =>
        Vector512.Create(Lanes8.CounterLow(start, step), Lanes8.CounterLow(start + (8UL * step), step));

    public static Vector512<uint> CounterHigh(ulong start, uint step) =>
        Vector512.Create(Lanes8.CounterHigh(start, step), Lanes8.CounterHigh(start + (8UL * step), step));

    public static Vector512<uint> Add(Vector512<uint> left, Vector512<uint> right) => left + right;

    public static Vector512<uint> Xor(Vector512<uint> left, Vector512<uint> right) => left ^ right;

    public static Vector512<uint> RotateRight16(Vector512<uint> value) => Avx512F.RotateRight(value, 16);

    public static Vector512<uint> RotateRight12(Vector512<uint> value) => Avx512F.RotateRight(value, 12);

    public static Vector512<uint> RotateRight8(Vector512<uint> value) => Avx512F.RotateRight(value, 8);

    public static Vector512<uint> RotateRight7(Vector512<uint> value) => Avx512F.RotateRight(value, 7);

    public static unsafe void LoadTransposed(byte* source, nint stride, Vector512<uint>* words)
    {
        var step = stride / sizeof(uint);
        var at = (uint*)source;
        TransposeLanes(at, step, out var a0, out var a1, out var a2, out var a3);
        TransposeLanes(at + (4 * step), step, out var b0, out var b1, out var b2, out var b3);
        TransposeLanes(at + (8 * step), step, out var c0, out var c1, out var c2, out var c3);
        TransposeLanes(at + (12 * step), step, out var d0, out var d1, out var d2, out var d3);
        Spread(a0, b0, c0, d0, words);
        Spread(a1, b1, c1, d1, words + 1);
        Spread(a2, b2, c2, d2, words + 2);
        Spread(a3, b3, c3, d3, words + 3);
    }

    public static unsafe void StoreTransposed(Vector512<uint>* words, uint* destination)
    {
        TransposeLanes((uint*)words, 16, out var a0, out var a1, out var a2, out var a3);
        TransposeLanes((uint*)(words + 4), 16, out var b0, out var b1, out var b2, out var b3);
        StoreLanes(a0, b0, destination);
        StoreLanes(a1, b1, destination + 8);
        StoreLanes(a2, b2, destination + 16);
        StoreLanes(a3, b3, destination + 24);
    }

    /// <summary>In each 128-bit part on its own, gives in word{k} the words k of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void TransposeLanes(
        uint* rows, nint step, out Vector512<uint> word0, out Vector512<uint> word1, out Vector512<uint> word2, out Vector512<uint> word3)
    {
        var row0 = Vector512.Load(rows);
        var row1 = Vector512.Load(rows + step);
        var row2 = Vector512.Load(rows + (2 * step));
        var row3 = Vector512.Load(rows + (3 * step));
        var low01 = Avx512F.UnpackLow(row0, row1).AsUInt64();
        var high01 = Avx512F.UnpackHigh(row0, row1).AsUInt64();
        var low23 = Avx512F.UnpackLow(row2, row3).AsUInt64();
        var high23 = Avx512F.UnpackHigh(row2, row3).AsUInt64();
        word0 = Avx512F.UnpackLow(low01, low23).AsUInt32();
        word1 = Avx512F.UnpackHigh(low01, low23).AsUInt32();
        word2 = Avx512F.UnpackLow(high01, high23).AsUInt32();
        word3 = Avx512F.UnpackHigh(high01, high23).AsUInt32();
    }

    /// <summary>Writes to words[4 L] the 128-bit parts L of the four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Spread(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, Vector512<uint>* words)
    {
        var lowAb = Avx512F.Shuffle4x128(a, b, 0x44);
        var lowCd = Avx512F.Shuffle4x128(c, d, 0x44);
        var highAb = Avx512F.Shuffle4x128(a, b, 0xEE);
        var highCd = Avx512F.Shuffle4x128(c, d, 0xEE);
        words[0] = Avx512F.Shuffle4x128(lowAb, lowCd, 0x88);
        words[4] = Avx512F.Shuffle4x128(lowAb, lowCd, 0xDD);
        words[8] = Avx512F.Shuffle4x128(highAb, highCd, 0x88);
        words[12] = Avx512F.Shuffle4x128(highAb, highCd, 0xDD);
    }

    /// <summary>Writes to destination[32 L] the 128-bit parts L of the two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreLanes(Vector512<uint> a, Vector512<uint> b, uint* destination)
    {
        a.GetLower().GetLower().Store(destination);
        b.GetLower().GetLower().Store(destination + 4);
        a.GetLower().GetUpper().Store(destination + 32);
        b.GetLower().GetUpper().Store(destination + 36);
        a.GetUpper().GetLower().Store(destination + 64);
        b.GetUpper().GetLower().Store(destination + 68);
        a.GetUpper().GetUpper().Store(destination + 96);
        b.GetUpper().GetUpper().Store(destination + 100);
    }
}
