using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace W0rktree.Core.Chunking;

/// <summary>
/// Finds the ends of content-defined chunks by FastCDC (2020): Xia et al., "The Design of Fast Content-Defined Chunking for
/// Data Deduplication Based Storage Systems", with the tables and normalisation of the reference crate <c>fastcdc</c> v2020.
/// </summary>
/// <remarks>Immutable and thread safe. An edit moves only the chunks around it.</remarks>
public sealed class FastCdc
{
    private readonly int _minimum;
    private readonly int _average;
    private readonly ulong _maskSmall;
    private readonly ulong _maskLarge;
    private readonly ulong[] _gear;
    private readonly ulong[] _gearShifted;
    private readonly WideGear? _wide;

    /// <summary>
    /// Creates a cutter. Sizes are in bytes; <paramref name="level"/> 0 to 3 pulls lengths towards the average;
    /// <paramref name="seed"/> makes cuts that others cannot predict.
    /// </summary>
    public FastCdc(int minimum, int average, int maximum, int level = 1, ulong seed = 0)
        : this(minimum, average, maximum, level, seed, wide: null)
    {
    }

    /// <summary>Creates one that uses the machine's wide registers always, never, or (null) where they pay, for tests.</summary>
    internal FastCdc(int minimum, int average, int maximum, int level, ulong seed, bool? wide)
    {
        if (minimum is < 64 or > 1 << 26 || average < minimum || maximum < average || level is < 0 or > 3)
        {
            throw new ArgumentException("Chunk sizes must rise from at least 64 bytes, and the level be 0 to 3.", nameof(minimum));
        }

        (_minimum, _average, MaximumBytes) = (minimum, average, maximum);
        var bits = (int)Math.Round(Math.Log2(average), MidpointRounding.AwayFromZero);
        _maskSmall = FastCdcTables.Masks[bits + level];
        _maskLarge = FastCdcTables.Masks[bits - level];
        (_gear, _gearShifted) = FastCdcTables.Gear(seed);
        _wide = wide ?? (WideGear.Serves(_maskSmall) && WideGear.Serves(_maskLarge)) ? WideGear.TryCreate(_gear) : null;
    }

    /// <summary>The cutter of large files: 256 KiB, 1 MiB, 4 MiB, level 1, no seed.</summary>
    public static FastCdc Standard { get; } = new(256 * 1024, 1024 * 1024, 4 * 1024 * 1024);

    /// <summary>No chunk is longer; a caller who offers this many bytes, or all there are, gets the final cut.</summary>
    public int MaximumBytes { get; }

    /// <summary>
    /// Gives the length of the first chunk of <paramref name="source"/>, and the rolling hash at its end, which is 0 for a
    /// rest that is too short to be cut.
    /// </summary>
    public int Cut(ReadOnlySpan<byte> source, out ulong hash) => Cut(source, 0, out hash);

    /// <summary>Gives the length of the first chunk.</summary>
    public int Cut(ReadOnlySpan<byte> source) => Cut(source, 0, out _);

    /// <summary>
    /// Gives the length of the first chunk, where a call with the first <paramref name="seen"/> bytes found no cut before their end: they
    /// are not looked at again.
    /// </summary>
    public int Cut(ReadOnlySpan<byte> source, int seen) => Cut(source, seen, out _);

    private int Cut(ReadOnlySpan<byte> source, int seen, out ulong hash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seen);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seen, source.Length);
        hash = 0;
        if (source.Length <= _minimum)
        {
            return source.Length;
        }

        var end = Math.Min(source.Length, MaximumBytes);
        var center = Math.Min(_average, end);
        var begin = _minimum / 2;
        var from = begin;
        if ((seen / 2) - begin >= WideGear.WindowBytes / 2)
        {
            from = Math.Min(seen, end) / 2;
            hash = HashBefore(source, from * 2);
        }

        var at = ScanFrom(begin, source, from, center / 2, _maskSmall, ref hash);
        at = at != 0 ? at : ScanFrom(begin, source, Math.Max(from, Math.Max(_minimum, center) / 2), end / 2, _maskLarge, ref hash);
        return at != 0 ? at : end;
    }

    // All positions are counted in pairs of bytes. The hash begins with no bytes at 'begin'; from a window later on, the last bytes alone say what it is.
    private int ScanFrom(int begin, ReadOnlySpan<byte> source, int from, int to, ulong mask, ref ulong hash)
    {
        const int window = WideGear.WindowBytes / 2;
        if (_wide is null || to - Math.Max(from, begin + window) < WideGear.LeastBytes / 2)
        {
            return Scan(source, from, to, mask, ref hash);
        }

        var start = Math.Max(from, begin + window);
        if (Scan(source, from, start, mask, ref hash) is var early and not 0)
        {
            return early;
        }

        var found = _wide.Find(source, start * 2, to * 2, mask);
        if (found > 0)
        {
            hash = HashBefore(source, found + 1) << (found % 2 == 0 ? 1 : 0); // As the two bytes of a step have it.
            return found;
        }

        hash = HashBefore(source, -found);
        return Scan(source, -found / 2, to, mask, ref hash);
    }

    // The hash that the bytes before a position give, by the last of them alone.
    private ulong HashBefore(ReadOnlySpan<byte> source, int position) => WideGear.HashOf(source.Slice(position - WideGear.WindowBytes, WideGear.WindowBytes), _gear);

    // Two bytes a step: the hash moves by two bits and the first byte is judged with table and mask shifted by one.
    // 0 means no cut, which is never a length: chunks have at least the minimum. What both bytes add is summed beside the chain of
    // hashes, which is what a step waits for; tables have an element for every byte and the caller stays within the source, so
    // nothing is checked again for each byte.
    private int Scan(ReadOnlySpan<byte> source, int from, int to, ulong mask, ref ulong hash)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to * 2, source.Length);
        ref var bytes = ref MemoryMarshal.GetReference(source);
        ref var gear = ref MemoryMarshal.GetArrayDataReference(_gear);
        ref var gearShifted = ref MemoryMarshal.GetArrayDataReference(_gearShifted);
        unchecked
        {
            var shifted = mask << 1;
            var rolling = hash;
            for (var pair = from; pair < to; pair++)
            {
                var at = pair * 2;
                var first = Unsafe.Add(ref gearShifted, (nint)Unsafe.Add(ref bytes, at));
                var both = first + Unsafe.Add(ref gear, (nint)Unsafe.Add(ref bytes, at + 1));
                var moved = rolling << 2;
                if (((moved + first) & shifted) == 0)
                {
                    hash = moved + first;
                    return at;
                }

                rolling = moved + both;
                if ((rolling & mask) == 0)
                {
                    hash = rolling;
                    return at + 1;
                }
            }

            hash = rolling;
            return 0;
        }
    }
}
