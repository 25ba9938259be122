using System.Buffers;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>
/// Puts slots into the order of their digests. Sorts numbers, the first eight bytes of each digest, which takes a fifth of the time of
/// comparing digests: every directory that is read or written is sorted once.
/// </summary>
internal static class SlotOrder
{
    public static Slot[] Sorted(Slot[] slots)
    {
        var heads = ArrayPool<ulong>.Shared.Rent(slots.Length);
        var places = ArrayPool<int>.Shared.Rent(slots.Length);
        for (var i = 0; i < slots.Length; i++)
        {
            (heads[i], places[i]) = (slots[i].Digest.Head, i);
        }

        heads.AsSpan(0, slots.Length).Sort(places.AsSpan(0, slots.Length));
        var sorted = new Slot[slots.Length];
        var isSure = true;
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = slots[places[i]];
            isSure &= i == 0 || heads[i - 1] != heads[i];
        }

        ArrayPool<ulong>.Shared.Return(heads);
        ArrayPool<int>.Shared.Return(places);
        if (!isSure)
        {
            Array.Sort(sorted, static (a, b) => a.Digest.CompareTo(b.Digest));
        }

        return sorted;
    }
}
