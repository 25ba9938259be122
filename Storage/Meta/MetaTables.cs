using System.Collections.Immutable;
using System.Text;

namespace W0rktree.Storage.Meta;

/// <summary>One row; rows of a table are ordered by the bytes of their keys.</summary>
internal sealed record MetaRow(byte[] Key, ReadOnlyMemory<byte> Value);

/// <summary>All metadata at one commit, immutable: a reader keeps what it saw, a failed transaction leaves no trace.</summary>
internal sealed class MetaTables
{
    private static readonly ImmutableSortedSet<MetaRow> NoRows = ImmutableSortedSet.Create<MetaRow>(new ByKey());
    private readonly ImmutableSortedDictionary<string, ImmutableSortedSet<MetaRow>> _tables;

    private MetaTables(ImmutableSortedDictionary<string, ImmutableSortedSet<MetaRow>> tables) => _tables = tables;

    public static MetaTables Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, ImmutableSortedSet<MetaRow>>(StringComparer.Ordinal));

    public IEnumerable<KeyValuePair<string, ImmutableSortedSet<MetaRow>>> Tables => _tables;

    public ReadOnlyMemory<byte>? Get(MetaKey key)
    {
        var rows = _tables.GetValueOrDefault(key.Table, NoRows);
        // The cast matters: a bare null would become an empty memory, not an absent one.
        return rows.TryGetValue(new MetaRow(key.Key, default), out var row) ? row.Value : (ReadOnlyMemory<byte>?)null;
    }

    public MetaTables With(MetaKey key, ReadOnlyMemory<byte> value)
    {
        var rows = _tables.GetValueOrDefault(key.Table, NoRows);
        MetaRow row = new(key.Key, value);
        return new MetaTables(_tables.SetItem(key.Table, rows.Remove(row).Add(row)));
    }

    public MetaTables Without(MetaKey key)
    {
        var rows = _tables.GetValueOrDefault(key.Table, NoRows).Remove(new MetaRow(key.Key, default));
        return new MetaTables(rows.IsEmpty ? _tables.Remove(key.Table) : _tables.SetItem(key.Table, rows));
    }

    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Scan(string table, string prefix)
    {
        var rows = _tables.GetValueOrDefault(table, NoRows);
        var start = Encoding.UTF8.GetBytes(prefix);
        var at = rows.IndexOf(new MetaRow(start, default));
        for (at = at < 0 ? ~at : at; at < rows.Count && rows[at].Key.AsSpan().StartsWith(start); at++)
        {
            yield return new(Encoding.UTF8.GetString(rows[at].Key), rows[at].Value);
        }
    }

    private sealed class ByKey : IComparer<MetaRow>
    {
        public int Compare(MetaRow? x, MetaRow? y) => x!.Key.AsSpan().SequenceCompareTo(y!.Key);
    }
}
