using System.Buffers.Binary;
using W0rktree.Core.Identity;

namespace W0rktree.Core.History.Index;

/// <summary>
/// Knows of many snapshots what walks over history ask: parents, root, times, generation, and a filter of the paths that each
/// changed (docs/format/history-index.md). Snapshots are numbered so that parents have smaller numbers than their children.
/// Everything in it can be computed again from the snapshots. Immutable and thread-safe.
/// </summary>
public sealed class HistoryIndex
{
    /// <summary>The number of what is not there.</summary>
    public const int None = -1;

    internal const int HeaderBytes = 32;
    internal const int RowBytes = 100;
    internal const uint NoParent = uint.MaxValue;
    internal const uint Further = 0x8000_0000;
    internal const byte FilterKnown = 1;
    internal const byte ParentsMissing = 2;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _sortedAt;
    private readonly int _furtherAt;
    private readonly int _filtersAt;

    private HistoryIndex(ReadOnlyMemory<byte> bytes, Header header)
    {
        _bytes = bytes;
        Count = header.Rows;
        _sortedAt = HeaderBytes + (header.Rows * RowBytes);
        _furtherAt = _sortedAt + (header.Rows * 4);
        _filtersAt = _furtherAt + (header.Further * 4);
        FurtherCount = header.Further;
        FilterBytes = header.FilterBytes;
        LackingFilters = header.Lacking;
    }

    internal static ReadOnlySpan<byte> Magic => "wthist1\n"u8;

    /// <summary>The index of nothing.</summary>
    public static HistoryIndex Empty { get; } = new(new byte[HeaderBytes + ContentHash.SizeBytes], default);

    /// <summary>Gets how many snapshots it knows.</summary>
    public int Count { get; }

    /// <summary>Gets how many of them have no filter yet.</summary>
    public int LackingFilters { get; }

    /// <summary>Gets the bytes as they are stored.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    internal int FurtherCount { get; }

    internal int FilterBytes { get; }

    /// <summary>Reads stored bytes; null where they are damaged, of another version, or contradict themselves.</summary>
    public static HistoryIndex? TryParse(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeaderBytes + ContentHash.SizeBytes || !span.StartsWith(Magic)
            || ContentHash.OfContent(span[..^ContentHash.SizeBytes]) != ContentHash.FromBytes(span[^ContentHash.SizeBytes..]))
        {
            return null;
        }

        var header = new Header(Int(span[8..]), Int(span[12..]), Int(span[16..]), Int(span[20..]));
        if (header.Rows < 0 || header.Further < 0 || header.FilterBytes < 0
            || HeaderBytes + ((long)header.Rows * (RowBytes + 4)) + ((long)header.Further * 4) + header.FilterBytes + ContentHash.SizeBytes != span.Length)
        {
            return null;
        }

        var index = new HistoryIndex(bytes, header);
        return index.IsConsistent() ? index : null;
    }

    /// <summary>Finds a snapshot's number, or <see cref="None"/>.</summary>
    public int Find(SnapshotId id)
    {
        var place = PlaceOf(id.Hash);
        return place < Count && IdOf(Sorted(place)) == id ? Sorted(place) : None;
    }

    /// <summary>Gives the snapshots whose ids begin with some lower-case hexadecimal digits, at most so many.</summary>
    public IEnumerable<int> FindByPrefix(string digits, int most)
    {
        if (digits.Length > 2 * ContentHash.SizeBytes || !ContentHash.TryParse(digits.PadRight(2 * ContentHash.SizeBytes, '0'), out var first))
        {
            yield break;
        }

        for (var place = PlaceOf(first); place < Count && most-- > 0 && IdOf(Sorted(place)).ToString().StartsWith(digits, StringComparison.Ordinal); place++)
        {
            yield return Sorted(place);
        }
    }

    /// <summary>Gives a snapshot's id.</summary>
    public SnapshotId IdOf(int number) => new(ContentHash.FromBytes(Row(number)[..ContentHash.SizeBytes]));

    /// <summary>Gives a snapshot's root directory.</summary>
    public ContentHash RootOf(int number) => ContentHash.FromBytes(Row(number).Slice(32, ContentHash.SizeBytes));

    /// <summary>Gives when a snapshot was made, in seconds since 1970, by its author's clock.</summary>
    public long SecondsOf(int number) => BinaryPrimitives.ReadInt64LittleEndian(Row(number)[64..]);

    /// <summary>Gives the time that walks go by: the snapshot's, but always later than that of every parent.</summary>
    public long OrderOf(int number) => BinaryPrimitives.ReadInt64LittleEndian(Row(number)[72..]);

    /// <summary>Gives 1 for a snapshot without parents, else one more than the largest of its parents.</summary>
    public int GenerationOf(int number) => Int(Row(number)[80..]);

    /// <summary>Gives the number of the first parent, or <see cref="None"/>.</summary>
    public int FirstParentOf(int number) => UInt(Row(number)[84..]) is var first && first == NoParent ? None : (int)first;

    /// <summary>Adds the numbers of all parents, the line's own first, to a list.</summary>
    public void AddParentsOf(int number, List<int> parents)
    {
        var row = Row(number);
        var (first, second) = (UInt(row[84..]), UInt(row[88..]));
        if (first == NoParent)
        {
            return;
        }

        parents.Add((int)first);
        if (second == NoParent)
        {
            return;
        }

        if ((second & Further) == 0)
        {
            parents.Add((int)second);
            return;
        }

        for (var at = (int)(second & ~Further); ; at++)
        {
            var parent = UInt(_bytes.Span[(_furtherAt + (at * 4))..]);
            parents.Add((int)(parent & ~Further));
            if ((parent & Further) != 0)
            {
                return;
            }
        }
    }

    /// <summary>Tells whether the filter of a snapshot is known.</summary>
    public bool HasFilter(int number) => (Row(number)[92] & FilterKnown) != 0;

    /// <summary>Tells whether the store lacked a parent when the snapshot was looked at.</summary>
    public bool LacksParents(int number) => (Row(number)[92] & ParentsMissing) != 0;

    /// <summary>Gives the classes of what a snapshot changed, one bit each; only where the filter is known.</summary>
    public byte ClassesOf(int number) => Row(number)[93];

    /// <summary>Gives a snapshot's filter; empty where nothing changed or it is not known.</summary>
    public ReadOnlySpan<byte> FilterOf(int number)
    {
        var start = number == 0 ? 0 : Int(Row(number - 1)[96..]);
        return _bytes.Span[(_filtersAt + start)..(_filtersAt + Int(Row(number)[96..]))];
    }

    /// <summary>Tells whether a snapshot may have changed a path against its first parent; true too where its filter is not known.</summary>
    public bool MayChange(int number, PathKey key) => !HasFilter(number) || PathFilter.MayContain(FilterOf(number), key);

    private int Sorted(int place) => Int(_bytes.Span[(_sortedAt + (place * 4))..]);

    /// <summary>Gives where in the order of ids one stands, or would stand.</summary>
    private int PlaceOf(ContentHash id)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = IdOf(Sorted(middle)).Hash.CompareTo(id) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private ReadOnlySpan<byte> Row(int number) => _bytes.Span.Slice(HeaderBytes + (number * RowBytes), RowBytes);

    // The checksum says that the bytes are what was written; this says that no walk over them can leave them or run in circles.
    private bool IsConsistent()
    {
        var (filterEnd, lacking) = (0, 0);
        var ids = new ContentHash[2];
        for (var number = 0; number < Count; number++)
        {
            var row = Row(number);
            var end = Int(row[96..]);
            if (end < filterEnd || end > FilterBytes || !AreParentsBelow(number, UInt(row[84..]), UInt(row[88..])))
            {
                return false;
            }

            var sorted = Sorted(number);
            if ((uint)sorted >= (uint)Count)
            {
                return false;
            }

            (ids[0], ids[1]) = (ids[1], IdOf(sorted).Hash);
            if (number > 0 && ids[0].CompareTo(ids[1]) >= 0)
            {
                return false;
            }

            filterEnd = end;
            lacking += HasFilter(number) ? 0 : 1;
        }

        return filterEnd == FilterBytes && lacking == LackingFilters;
    }

    private bool AreParentsBelow(int number, uint first, uint second)
    {
        if (first == NoParent)
        {
            return second == NoParent;
        }

        if (first >= number || second == NoParent)
        {
            return first < number;
        }

        if ((second & Further) == 0)
        {
            return second < number;
        }

        for (var at = (int)(second & ~Further); at < FurtherCount; at++)
        {
            var parent = UInt(_bytes.Span[(_furtherAt + (at * 4))..]);
            if ((parent & ~Further) >= number)
            {
                return false;
            }

            if ((parent & Further) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int Int(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    private static uint UInt(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private readonly record struct Header(int Rows, int Further, int FilterBytes, int Lacking);
}
