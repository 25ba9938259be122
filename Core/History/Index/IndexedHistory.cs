using W0rktree.Core.History.Walks;
using W0rktree.Core.Identity;

namespace W0rktree.Core.History.Index;

/// <summary>
/// Answers what a snapshot follows from an index, and asks further where the index does not know it. Remembers its answers: walks ask the
/// same again and again. Not thread-safe.
/// </summary>
public sealed class IndexedHistory(HistoryIndex index, IHistory further) : IHistory
{
    private readonly Dictionary<SnapshotId, HistoryNode> _known = [];
    private readonly List<int> _parents = [];
    private NumberedAncestors? _nearest;

    /// <inheritdoc/>
    public ValueTask<HistoryNode?> FindAsync(SnapshotId id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known))
        {
            return ValueTask.FromResult<HistoryNode?>(known);
        }

        var number = index.Find(id);
        // A parent that was lacking when the index was made may have come since.
        if (number == HistoryIndex.None || index.LacksParents(number))
        {
            return further.FindAsync(id, cancellationToken);
        }

        _parents.Clear();
        index.AddParentsOf(number, _parents);
        var node = new HistoryNode(index.RootOf(number), [.. _parents.Select(index.IdOf)], index.SecondsOf(number));
        _known.Add(id, node);
        return ValueTask.FromResult<HistoryNode?>(node);
    }

    /// <summary>Finds nearest common ancestors, in no order; null where the index does not know all of what it takes.</summary>
    internal IReadOnlyList<SnapshotId>? FindNearest(IReadOnlyList<SnapshotId> left, SnapshotId right)
    {
        int[] heads = [.. left.Select(index.Find)];
        var other = index.Find(right);
        return other == HistoryIndex.None || heads.Contains(HistoryIndex.None)
            ? null
            : (_nearest ??= new NumberedAncestors(index)).Find(heads, other)?.ConvertAll(index.IdOf);
    }
}
