using System.Buffers;
using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects.Encoding;

/// <summary>
/// Puts slots into the order of their digests. Sorts numbers, the first eight bytes of each digest, which takes a fifth of the time of
/// comparing digests: every directory that is read or written is sorted once.
/// </summary>
internal static class SlotOrder
{
    /// <summary>
    /// Hashes a marker and the digests of entries in their order, in borrowed memory alone: nearly every directory is of this kind. False
    /// where the first eight bytes do not tell the order.
    /// </summary>
    public static bool TryHashPlain(ReadOnlySpan<DirectoryEntry> entries, byte marker, out ContentHash hash)
    {
        var heads = ArrayPool<ulong>.Shared.Rent(entries.Length);
        var places = ArrayPool<int>.Shared.Rent(entries.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(1 + (entries.Length * ContentHash.SizeBytes));
        try
        {
            for (var i = 0; i < entries.Length; i++)
            {
                (heads[i], places[i]) = (entries[i].Digest.Head, i);
            }

            heads.AsSpan(0, entries.Length).Sort(places.AsSpan(0, entries.Length));
            bytes[0] = marker;
            for (var i = 0; i < entries.Length; i++)
            {
                if (i > 0 && heads[i - 1] == heads[i])
                {
                    hash = default;
                    return false;
                }

                entries[places[i]].Digest.CopyTo(bytes.AsSpan(1 + (i * ContentHash.SizeBytes)));
            }

            hash = HashDomain.Directory.Hash(bytes.AsSpan(0, 1 + (entries.Length * ContentHash.SizeBytes)));
            return true;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(heads);
            ArrayPool<int>.Shared.Return(places);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

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
