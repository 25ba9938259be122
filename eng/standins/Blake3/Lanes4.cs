using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Blake3;

/// <summary>Four lanes: SSE on x64, NEON on ARM64.</summary>
internal readonly struct Lanes4 : ILaneVector<Vector128<uint>>
{
    public static Vector128<uint> Create(uint value) => Vector128.Create(value);

    public static Vector128<uint> CounterLow(ulong start, uint step) => Vector128.Create(
        (uint)start, (uint)(start + step), (uint)(start + (2UL * step)), (uint)(start + (3UL * step)));

    public static Vector128<uint> CounterHigh(ulong start, uint step) => Vector128.Create(
        (uint)(start >> 32), (uint)((start + step) >> 32), (uint)((start + (2UL * step)) >> 32), (uint)((start + (3UL * step)) >> 32));

    public static Vector128<uint> Add(Vector128<uint> left, Vector128<uint> right) => left + right;

    public static Vector128<uint> Xor(Vector128<uint> left, Vector128<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateRight16(Vector128<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 16)
        : Vector128.Shuffle(value.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateRight12(Vector128<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 12) : (value >>> 12) | (value << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateRight8(Vector128<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 8)
        : Vector128.Shuffle(value.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateRight7(Vector128<uint> value) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, 7) : (value >>> 7) | (value << 25);

    public static unsafe void LoadTransposed(byte* source, nint stride, Vector128<uint>* words)
    {
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var at = (uint*)(source + (quarter * sizeof(Vector128<uint>)));
            var step = stride / sizeof(uint);
            Transpose(
                Vector128.Load(at), Vector128.Load(at + step), Vector128.Load(at + (2 * step)), Vector128.Load(at + (3 * step)),
                words + (4 * quarter));
        }
    }

    public static unsafe void StoreTransposed(Vector128<uint>* words, uint* destination)
    {
        var lanes = stackalloc Vector128<uint>[8];
        Transpose(words[0], words[1], words[2], words[3], lanes);
        Transpose(words[4], words[5], words[6], words[7], lanes + 4);
        for (var lane = 0; lane < 4; lane++)
        {
            lanes[lane].Store(destination + (8 * lane));
            lanes[lane + 4].Store(destination + (8 * lane) + 4);
        }
    }

    /// <summary>Writes to result[k] the words k of the four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Transpose(
        Vector128<uint> row0, Vector128<uint> row1, Vector128<uint> row2, Vector128<uint> row3, Vector128<uint>* result)
    {
        var low01 = UnpackLow(row0, row1).AsUInt64();
        var high01 = UnpackHigh(row0, row1).AsUInt64();
        var low23 = UnpackLow(row2, row3).AsUInt64();
        var high23 = UnpackHigh(row2, row3).AsUInt64();
        result[0] = Vector128.Create(low01.GetLower(), low23.GetLower()).AsUInt32();
        result[1] = Vector128.Create(low01.GetUpper(), low23.GetUpper()).AsUInt32();
        result[2] = Vector128.Create(high01.GetLower(), high23.GetLower()).AsUInt32();
        result[3] = Vector128.Create(high01.GetUpper(), high23.GetUpper()).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> UnpackLow(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
        : Vector128.Create(left[0], right[0], left[1], right[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> UnpackHigh(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
        : Vector128.Create(left[2], right[2], left[3], right[3]);
}
