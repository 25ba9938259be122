using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace W0rktree.Core.Chunking;

/// <summary>
/// Finds where the rolling hash of FastCDC may cut, at 16 places of the content at once, by the low 32 bits of the hash.
/// </summary>
/// <remarks>
/// The low 32 bits of the hash at a byte depend on the last 32 bytes only, so the content may be divided into 16 stripes, whose
/// hashes roll side by side, each begun a little before its stripe. The numbers of 64 bytes are looked up at once, since a table of
/// 256 bytes fits into four registers of 64; four tables have the four bytes of the numbers. Where the bits that the mask has among
/// these 32 are zero, which is one byte of a thousand, the whole hash is computed. Needs AVX-512 with VBMI.
/// </remarks>
internal sealed class WideGear
{
    /// <summary>How many bytes before a position say everything about it: no mask has a bit above 47, and the hash is 64 bits.</summary>
    public const int WindowBytes = 64;

    /// <summary>Less is not worth dividing.</summary>
    public const int LeastBytes = Stripes * LeastStripeBytes;

    private const int Stripes = 16;
    private const int LeastStripeBytes = 128;

    /// <summary>All stripes together are a small part of a chunk, and where they lie they do not compete for the same lines of a cache.</summary>
    private const int MostStripeBytes = 2112;

    /// <summary>What is taken of each stripe at once.</summary>
    private const int TakeBytes = 16;

    /// <summary>The bytes by which a stripe's low 32 bits come to what they are at its beginning.</summary>
    private const int LeadBytes = 32;

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

    /// <summary>
    /// Gives the first position from <paramref name="from"/> on, before <paramref name="to"/>, whose hash has no bit of the mask; else
    /// the position up to which it has looked, negated: less than <see cref="LeastBytes"/> are left then. At least
    /// <see cref="WindowBytes"/> bytes before <paramref name="from"/> belong to the hash.
    /// </summary>
    public int Find(ReadOnlySpan<byte> source, int from, int to, ulong mask)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, WindowBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, source.Length);
        Span<Free> found = stackalloc Free[MostStripeBytes / sizeof(uint)];
        var at = from;
        while (to - at >= LeastBytes)
        {
            var stripe = Math.Min(MostStripeBytes, (to - at) / Stripes / TakeBytes * TakeBytes);
            var count = Look(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), at), stripe, ref MemoryMarshal.GetArrayDataReference(_planes), (uint)(mask & uint.MaxValue), ref found[0]);
            if (First(source, at, stripe, found[..count], mask) is var first and > 0)
            {
                return first;
            }

            at += stripe * Stripes;
        }

        return -at;
    }

    // The stripes are looked at side by side, so the first that was found need not be the first there is.
    private int First(ReadOnlySpan<byte> source, int at, int stripe, ReadOnlySpan<Free> found, ulong mask)
    {
        var first = int.MaxValue;
        foreach (var (offset, bits) in found)
        {
            for (var free = bits; free != 0; free &= free - 1)
            {
                var bit = BitOperations.TrailingZeroCount(free);
                var position = at + (bit % Stripes * stripe) + offset + (bit / Stripes);
                if (position < first && (HashOf(source.Slice(position + 1 - WindowBytes, WindowBytes), _gear) & mask) == 0)
                {
                    first = position;
                }
            }
        }

        return first == int.MaxValue ? 0 : first;
    }

    /// <summary>Rolls over all stripes and notes where a byte is free of the wanted bits; gives how many notes it made.</summary>
    // Nothing is called in it, so that everything stays in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Look(ref byte bytes, nint stripe, ref byte planes, uint mask, ref Free found)
    {
        var order = Order;
        var wanted = Vector512.Create(mask);
        var hash = Vector512<uint>.Zero;
        var count = 0;
        for (nint at = -LeadBytes; at < stripe; at += TakeBytes)
        {
            // 16 bytes of four stripes each; then, of all 16 stripes, their first four bytes, the next four, and so on.
            var a = Four(ref bytes, at, stripe, 0);
            var b = Four(ref bytes, at, stripe, 1);
            var c = Four(ref bytes, at, stripe, 2);
            var d = Four(ref bytes, at, stripe, 3);
            var lowAb = Avx512F.UnpackLow(a, b).AsUInt64();
            var lowCd = Avx512F.UnpackLow(c, d).AsUInt64();
            var highAb = Avx512F.UnpackHigh(a, b).AsUInt64();
            var highCd = Avx512F.UnpackHigh(c, d).AsUInt64();
            hash = Roll(hash, Avx512F.UnpackLow(lowAb, lowCd).AsByte(), ref planes, order, wanted, at, ref found, ref count);
            hash = Roll(hash, Avx512F.UnpackHigh(lowAb, lowCd).AsByte(), ref planes, order, wanted, at + 4, ref found, ref count);
            hash = Roll(hash, Avx512F.UnpackLow(highAb, highCd).AsByte(), ref planes, order, wanted, at + 8, ref found, ref count);
            hash = Roll(hash, Avx512F.UnpackHigh(highAb, highCd).AsByte(), ref planes, order, wanted, at + 12, ref found, ref count);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Four(ref byte bytes, nint at, nint stripe, nint first)
    {
        ref var start = ref Unsafe.Add(ref bytes, at + (first * stripe));
        var four = Vector512.Create(Vector256.Create(Vector128.LoadUnsafe(ref start), Vector128.LoadUnsafe(ref Unsafe.Add(ref start, 4 * stripe))),
            Vector256.Create(Vector128.LoadUnsafe(ref Unsafe.Add(ref start, 8 * stripe)), Vector128.LoadUnsafe(ref Unsafe.Add(ref start, 12 * stripe))));
        return four.AsUInt32();
    }

    /// <summary>Takes the next four bytes of each stripe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Roll(
        Vector512<uint> hash, Vector512<byte> content, ref byte planes, Vector512<byte> order, Vector512<uint> wanted, nint at, ref Free found, ref int count)
    {
        var index = Avx512BW.Shuffle(content, order);
        var first = Plane(ref planes, 0, index);
        var second = Plane(ref planes, 256, index);
        var third = Plane(ref planes, 512, index);
        var fourth = Plane(ref planes, 768, index);
        var low = Avx512BW.UnpackLow(first, second).AsUInt16();
        var high = Avx512BW.UnpackHigh(first, second).AsUInt16();
        var lowAbove = Avx512BW.UnpackLow(third, fourth).AsUInt16();
        var highAbove = Avx512BW.UnpackHigh(third, fourth).AsUInt16();
        var one = hash + hash + Avx512BW.UnpackLow(low, lowAbove).AsUInt32();
        var two = one + one + Avx512BW.UnpackHigh(low, lowAbove).AsUInt32();
        var three = two + two + Avx512BW.UnpackLow(high, highAbove).AsUInt32();
        var four = three + three + Avx512BW.UnpackHigh(high, highAbove).AsUInt32();
        var least = Vector512.Min(Vector512.Min(one & wanted, two & wanted), Vector512.Min(three & wanted, four & wanted));
        if (Vector512.EqualsAny(least, Vector512<uint>.Zero) && at >= 0)
        {
            Unsafe.Add(ref found, count++) = new Free(
                (int)at, IsZero(one & wanted) | (IsZero(two & wanted) << Stripes) | (IsZero(three & wanted) << (2 * Stripes)) | (IsZero(four & wanted) << (3 * Stripes)));
        }

        return four;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong IsZero(Vector512<uint> value) => Vector512.Equals(value, Vector512<uint>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Plane(ref byte planes, int offset, Vector512<byte> index)
    {
        ref var table = ref Unsafe.Add(ref planes, offset);
        var lower = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref table), index, Vector512.LoadUnsafe(ref table, 64));
        var upper = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref table, 128), index, Vector512.LoadUnsafe(ref table, 192));
        return Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), upper, lower);
    }

    /// <summary>Of four bytes each of four neighbours, first the four first ones: so interleaving four planes gives the numbers of the same byte of all.</summary>
    private static Vector512<byte> Order
    {
        get
        {
            var four = Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            var eight = Vector256.Create(four, four);
            return Vector512.Create(eight, eight);
        }
    }

    /// <summary>Where bytes were free: how far into the stripes, and a bit for each of 16 stripes, four times.</summary>
    private readonly record struct Free(int Offset, ulong Bits);
}
