using System.Buffers.Binary;
using W0rktree.LocalAgent.Git.Objects;

namespace W0rktree.LocalAgent.Git.Packs;

/// <summary>The index of one of git's packs (gitformat-pack, version 2): which objects it has, where each begins and ends, and the checksum of what stands there.</summary>
internal sealed class PackNames
{
    private const int FanOutAt = 8;
    private const int NamesAt = FanOutAt + (256 * sizeof(uint));
    private const int TrailerBytes = 2 * GitId.SizeBytes;
    private const uint Large = 0x8000_0000;

    private readonly byte[] _bytes;
    private readonly int _count;
    private readonly long[] _offsets;
    private readonly uint[] _checksums;
    private readonly long _end;

    private PackNames(byte[] bytes, int count, long end)
    {
        (_bytes, _count, _end) = (bytes, count, end);
        (_offsets, _checksums) = (new long[count], new uint[count]);
        for (var i = 0; i < count; i++)
        {
            (_offsets[i], _checksums[i]) = (OffsetAt(i), UInt(bytes, NamesAt + (count * GitId.SizeBytes) + (i * sizeof(uint))));
        }

        Array.Sort(_offsets, _checksums);
    }

    private static ReadOnlySpan<byte> Magic => [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2];

    /// <summary>Reads an index; null where it is of another version or not whole.</summary>
    /// <param name="bytes">The index.</param>
    /// <param name="packBytes">The length of its pack.</param>
    public static PackNames? TryParse(byte[] bytes, long packBytes)
    {
        if (bytes.Length < NamesAt + TrailerBytes || !bytes.AsSpan().StartsWith(Magic))
        {
            return null;
        }

        uint last = 0;
        for (var i = 0; i < 256; i++)
        {
            var next = UInt(bytes, FanOutAt + (i * sizeof(uint)));
            if (next < last)
            {
                return null;
            }

            last = next;
        }

        // Name, checksum and offset of each; offsets over 2 GiB stand in a table of their own behind.
        var least = NamesAt + (last * (GitId.SizeBytes + 8L)) + TrailerBytes;
        if (bytes.Length < least || (bytes.Length - least) % sizeof(ulong) != 0)
        {
            return null;
        }

        try
        {
            var names = new PackNames(bytes, (int)last, packBytes - GitId.SizeBytes);
            return names._offsets is [] || (names._offsets[0] > 0 && names._offsets[^1] < names._end) ? names : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // An offset that names a row behind the table of large ones.
            return null;
        }
    }

    /// <summary>Finds where an object begins; negative where the pack does not have it.</summary>
    public long Find(GitId id)
    {
        Span<byte> first = stackalloc byte[GitId.SizeBytes];
        id.CopyTo(first);
        var low = first[0] == 0 ? 0 : (int)UInt(_bytes, FanOutAt + ((first[0] - 1) * sizeof(uint)));
        var high = (int)UInt(_bytes, FanOutAt + (first[0] * sizeof(uint))) - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = GitId.FromBytes(_bytes.AsSpan(NamesAt + (middle * GitId.SizeBytes))).CompareTo(id);
            if (order == 0)
            {
                return OffsetAt(middle);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Gives the length and the checksum of the object that begins at an offset; false where none begins there.</summary>
    public bool TryFind(long offset, out long lengthBytes, out uint checksum)
    {
        var at = Array.BinarySearch(_offsets, offset);
        (lengthBytes, checksum) = at < 0 ? (0, 0) : ((at + 1 < _offsets.Length ? _offsets[at + 1] : _end) - offset, _checksums[at]);
        return at >= 0;
    }

    private long OffsetAt(int number)
    {
        var offsets = NamesAt + (_count * (GitId.SizeBytes + sizeof(uint)));
        var offset = UInt(_bytes, offsets + (number * sizeof(uint)));
        return (offset & Large) == 0
            ? offset
            : BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(offsets + (_count * sizeof(uint)) + ((int)(offset & ~Large) * sizeof(ulong)), sizeof(ulong)));
    }

    private static uint UInt(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
}
