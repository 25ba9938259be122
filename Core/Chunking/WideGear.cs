using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace W0rktree.Core.Chunking;

/// <summary>
/// Finds where the rolling hash of FastCDC may cut, 64 bytes at a time, by the low 32 bits of the hash.
/// </summary>
/// <remarks>
/// The hash at a byte is the sum, over the bytes up to it, of the byte's number shifted left by its distance; the low 32 bits
/// depend on the last 32 bytes only. So the sums of 1, 2, 4 … 32 neighbours are made for 16 bytes at once by doubling, and the
/// numbers of 64 bytes are looked up at once, since a table of 256 bytes fits into four registers of 64. Where the bits
/// that the mask has among these 32 are zero, which is one byte of a thousand, the whole hash is computed. Needs AVX-512 with VBMI.
/// </remarks>
internal sealed class WideGear
{
    /// <summary>How many bytes are looked at together.</summary>
    public const int BlockBytes = 64;

    /// <summary>How many bytes before a position say everything about it: no mask has a bit above 47, and the hash is 64 bits.</summary>
    public const int WindowBytes = 64;

    // With fewer bits in view too many bytes would be looked at twice.
    private const int LeastBits = 7;

    private readonly ulong[] _gear;
    private readonly byte[] _planes;

    private WideGear(ulong[] gear)
    {
        _gear = gear;
        _planes = new byte[4 * 256];
        for (var i = 0; i < 256; i++)
        {
            for (var plane = 0; plane < 4; plane++)
            {
                _planes[(plane * 256) + i] = (byte)((gear[i] >> (8 * plane)) & byte.MaxValue);
            }
        }
    }

    /// <summary>Gives one for a table where the machine has what it needs, else null.</summary>
    public static WideGear? TryCreate(ulong[] gear) => Avx512Vbmi.IsSupported && Avx512BW.IsSupported ? new WideGear(gear) : null;

    /// <summary>Tells whether enough of a mask is in view.</summary>
    public static bool Serves(ulong mask) => BitOperations.PopCount(mask & uint.MaxValue) >= LeastBits;

    /// <summary>
    /// Gives the first position in whole blocks from <paramref name="from"/> on, before <paramref name="to"/>, whose hash has no bit of the
    /// mask; else the position after the last whole block, negated. At least <see cref="WindowBytes"/> bytes before <paramref name="from"/>
    /// belong to the hash.
    /// </summary>
    public int Find(ReadOnlySpan<byte> source, int from, int to, ulong mask)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, WindowBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, source.Length);
        ref var bytes = ref MemoryMarshal.GetReference(source);
        ref var planes = ref MemoryMarshal.GetArrayDataReference(_planes);
        var wanted = Vector512.Create((uint)(mask & uint.MaxValue));
        Sums sums = default;
        sums.Take(ref Unsafe.Add(ref bytes, from - BlockBytes), ref planes, Order, wanted);
        var at = from;
        while (at <= to - BlockBytes)
        {
            var blocks = (to - at) / BlockBytes;
            var free = Skip(ref Unsafe.Add(ref bytes, at), ref planes, wanted, ref sums, ref blocks);
            at += blocks * BlockBytes;
            for (; free != 0; free &= free - 1)
            {
                var position = at - BlockBytes + BitOperations.TrailingZeroCount(free);
                if ((HashOf(source.Slice(position + 1 - WindowBytes, WindowBytes), _gear) & mask) == 0)
                {
                    return position;
                }
            }
        }

        return -at;
    }

    /// <summary>Takes blocks until one has a free byte, or all; says how many were taken, the last one's free bytes included.</summary>
    // By itself, with nothing called in it, so that the sums stay in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Skip(ref byte bytes, ref byte planes, Vector512<uint> wanted, ref Sums sums, ref int blocks)
    {
        var order = Order;
        var own = sums;
        ulong free = 0;
        nint taken = 0;
        for (nint count = blocks; taken < count && free == 0; taken++)
        {
            free = own.Take(ref bytes, ref planes, order, wanted);
            bytes = ref Unsafe.Add(ref bytes, BlockBytes);
        }

        sums = own;
        blocks = (int)taken;
        return free;
    }

    /// <summary>Gives the hash that a window of bytes adds up to.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> window, ulong[] gear)
    {
        ulong hash = 0;
        foreach (var value in window)
        {
            hash = unchecked((hash << 1) + gear[value]);
        }

        return hash;
    }

    /// <summary>Bytes in the order in which interleaving four planes gives the numbers of 16 neighbours in one register.</summary>
    private static Vector512<byte> Order => Vector512.Create(
        0x03020100, 0x13121110, 0x23222120, 0x33323130,
        0x07060504, 0x17161514, 0x27262524, 0x37363534,
        0x0B0A0908, 0x1B1A1918, 0x2B2A2928, 0x3B3A3938,
        0x0F0E0D0C, 0x1F1E1D1C, 0x2F2E2D2C, 0x3F3E3D3C).AsByte();

    /// <summary>The last sums of each width, which those of the next 16 bytes begin with.</summary>
    private struct Sums
    {
        private Vector512<uint> _one;
        private Vector512<uint> _two;
        private Vector512<uint> _four;
        private Vector512<uint> _eight;
        private Vector512<uint> _sixteen;

        /// <summary>Takes the next 64 bytes; a bit is set where none of the wanted bits is.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Take(ref byte bytes, ref byte planes, Vector512<byte> order, Vector512<uint> wanted)
        {
            var content = Avx512Vbmi.PermuteVar64x8(Vector512.LoadUnsafe(ref bytes), order);
            var first = Plane(ref planes, 0, content);
            var second = Plane(ref planes, 256, content);
            var third = Plane(ref planes, 512, content);
            var fourth = Plane(ref planes, 768, content);
            var low = Avx512BW.UnpackLow(first, second).AsUInt16();
            var high = Avx512BW.UnpackHigh(first, second).AsUInt16();
            var lowAbove = Avx512BW.UnpackLow(third, fourth).AsUInt16();
            var highAbove = Avx512BW.UnpackHigh(third, fourth).AsUInt16();
            return Step(Avx512BW.UnpackLow(low, lowAbove).AsUInt32(), wanted)
                | (Step(Avx512BW.UnpackHigh(low, lowAbove).AsUInt32(), wanted) << 16)
                | (Step(Avx512BW.UnpackLow(high, highAbove).AsUInt32(), wanted) << 32)
                | (Step(Avx512BW.UnpackHigh(high, highAbove).AsUInt32(), wanted) << 48);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<byte> Plane(ref byte planes, int offset, Vector512<byte> index)
        {
            ref var table = ref Unsafe.Add(ref planes, offset);
            var lower = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref table), index, Vector512.LoadUnsafe(ref table, 64));
            var upper = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref table, 128), index, Vector512.LoadUnsafe(ref table, 192));
            return Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), upper, lower);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private ulong Step(Vector512<uint> one, Vector512<uint> wanted)
        {
            var two = one + (Avx512F.AlignRight32(one, _one, 15) << 1);
            var four = two + (Avx512F.AlignRight32(two, _two, 14) << 2);
            var eight = four + (Avx512F.AlignRight32(four, _four, 12) << 4);
            var sixteen = eight + (Avx512F.AlignRight32(eight, _eight, 8) << 8);
            var all = sixteen + (_sixteen << 16);
            (_one, _two, _four, _eight, _sixteen) = (one, two, four, eight, sixteen);
            return Vector512.Equals(all & wanted, Vector512<uint>.Zero).ExtractMostSignificantBits();
        }
    }
}
