using System.Buffers.Binary;
using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History.Index;

/// <summary>What an index is told of a snapshot.</summary>
/// <param name="Id">The snapshot.</param>
/// <param name="Root">Its root directory.</param>
/// <param name="Parents">Its parents as far as they are there.</param>
/// <param name="Seconds">When it was made.</param>
/// <param name="LacksParents">Whether it names a parent that is not there.</param>
public sealed record IndexedSnapshot(SnapshotId Id, ContentHash Root, ImmutableArray<SnapshotId> Parents, long Seconds, bool LacksParents)
{
    /// <summary>Tells it of a snapshot of which all parents are there.</summary>
    public static IndexedSnapshot Of(SnapshotId id, SnapshotObject snapshot)
    {
        var (seconds, rest) = Math.DivRem(snapshot.Time.UnixMilliseconds, 1000);
        return new IndexedSnapshot(id, snapshot.Root, [.. snapshot.Parents.Distinct()], rest < 0 ? seconds - 1 : seconds, false);
    }
}

/// <summary>The filter of a snapshot, and the classes of what it changed.</summary>
public readonly record struct ChangedPathsRow(ReadOnlyMemory<byte> Filter, byte Classes);

/// <summary>Writes an index: first what is taken over from an older one, then new snapshots, each after its parents. Use once.</summary>
public sealed class HistoryIndexWriter
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<SnapshotId, int> _numbers = [];

    /// <summary>Gets how many snapshots were added.</summary>
    public int Count => _entries.Count;

    /// <summary>Tells whether a snapshot was added.</summary>
    public bool Contains(SnapshotId id) => _numbers.ContainsKey(id);

    /// <summary>Takes rows of another index over.</summary>
    /// <param name="index">The index.</param>
    /// <param name="keep">Says which; null takes all. With a snapshot its parents are kept.</param>
    public HistoryIndexWriter Take(HistoryIndex index, Func<int, bool>? keep = null)
    {
        var parents = new List<int>();
        for (var number = 0; number < index.Count; number++)
        {
            if (keep is not null && !keep(number))
            {
                continue;
            }

            parents.Clear();
            index.AddParentsOf(number, parents);
            var kept = parents.Select(index.IdOf).Where(Contains).ToImmutableArray();
            var lacks = index.LacksParents(number) || kept.Length < parents.Count;
            Add(
                new IndexedSnapshot(index.IdOf(number), index.RootOf(number), kept, index.SecondsOf(number), lacks),
                index.HasFilter(number) ? new ChangedPathsRow(index.FilterOf(number).ToArray(), index.ClassesOf(number)) : null);
        }

        return this;
    }

    /// <summary>Adds a snapshot whose parents were added before.</summary>
    public void Add(IndexedSnapshot snapshot, ChangedPathsRow? changes)
    {
        int[] parents = [.. snapshot.Parents.Select(parent => _numbers[parent])];
        var order = snapshot.Seconds;
        var generation = 1;
        foreach (var parent in parents)
        {
            order = Math.Max(order, _entries[parent].Order + 1);
            generation = Math.Max(generation, _entries[parent].Generation + 1);
        }

        _numbers.Add(snapshot.Id, _entries.Count);
        _entries.Add(new Entry(snapshot, parents, order, generation, changes));
    }

    /// <summary>Gives the index.</summary>
    public HistoryIndex ToIndex()
    {
        var further = _entries.Sum(entry => entry.Parents.Length > 2 ? entry.Parents.Length - 1 : 0);
        var filterBytes = _entries.Sum(entry => entry.Changes?.Filter.Length ?? 0);
        var sortedAt = HistoryIndex.HeaderBytes + (_entries.Count * HistoryIndex.RowBytes);
        var furtherAt = sortedAt + (_entries.Count * 4);
        var filtersAt = furtherAt + (further * 4);
        var bytes = new byte[filtersAt + filterBytes + ContentHash.SizeBytes];
        var span = bytes.AsSpan();
        HistoryIndex.Magic.CopyTo(span);
        Put(span[8..], _entries.Count);
        Put(span[12..], further);
        Put(span[16..], filterBytes);
        Put(span[20..], _entries.Count(entry => entry.Changes is null));

        var (furtherDone, filtersDone) = (0, 0);
        for (var number = 0; number < _entries.Count; number++)
        {
            var entry = _entries[number];
            var filter = entry.Changes is { } changes ? changes.Filter.Span : default;
            filter.CopyTo(span[(filtersAt + filtersDone)..]);
            filtersDone += filter.Length;
            var row = span.Slice(HistoryIndex.HeaderBytes + (number * HistoryIndex.RowBytes), HistoryIndex.RowBytes);
            PutRow(row, entry, furtherDone, filtersDone);
            for (var i = 1; entry.Parents.Length > 2 && i < entry.Parents.Length; i++, furtherDone++)
            {
                var last = i == entry.Parents.Length - 1 ? HistoryIndex.Further : 0;
                BinaryPrimitives.WriteUInt32LittleEndian(span[(furtherAt + (furtherDone * 4))..], (uint)entry.Parents[i] | last);
            }
        }

        var at = sortedAt;
        foreach (var number in _numbers.OrderBy(pair => pair.Key.Hash).Select(pair => pair.Value))
        {
            Put(span[at..], number);
            at += 4;
        }

        ContentHash.OfContent(span[..^ContentHash.SizeBytes]).CopyTo(span[^ContentHash.SizeBytes..]);
        return HistoryIndex.TryParse(bytes) ?? throw new InvalidOperationException("The index that was written cannot be read.");
    }

    private static void PutRow(Span<byte> row, Entry entry, int furtherAt, int filterEnd)
    {
        entry.Snapshot.Id.Hash.CopyTo(row);
        entry.Snapshot.Root.CopyTo(row[32..]);
        BinaryPrimitives.WriteInt64LittleEndian(row[64..], entry.Snapshot.Seconds);
        BinaryPrimitives.WriteInt64LittleEndian(row[72..], entry.Order);
        Put(row[80..], entry.Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(row[84..], entry.Parents.Length > 0 ? (uint)entry.Parents[0] : HistoryIndex.NoParent);
        BinaryPrimitives.WriteUInt32LittleEndian(row[88..], entry.Parents.Length switch
        {
            < 2 => HistoryIndex.NoParent,
            2 => (uint)entry.Parents[1],
            _ => (uint)furtherAt | HistoryIndex.Further,
        });
        row[92] = (byte)((entry.Changes is null ? 0 : HistoryIndex.FilterKnown) | (entry.Snapshot.LacksParents ? HistoryIndex.ParentsMissing : 0));
        row[93] = entry.Changes?.Classes ?? 0;
        Put(row[96..], filterEnd);
    }

    private static void Put(Span<byte> bytes, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes, value);

    private sealed record Entry(IndexedSnapshot Snapshot, int[] Parents, long Order, int Generation, ChangedPathsRow? Changes);
}
