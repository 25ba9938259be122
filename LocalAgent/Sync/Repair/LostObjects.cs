using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Sync.Repair;

/// <summary>A snapshot to ask the server for, so that certain lost objects come along and little else.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Without">Snapshots whose trees need not come along.</param>
internal sealed record RepairOrder(SnapshotId Snapshot, IReadOnlyList<SnapshotId> Without);

/// <summary>
/// Finds the snapshots by which lost objects came into history. A server sends what a snapshot has and others have not; so a lost
/// file is asked for by the first snapshot that has it, without that one's parents. What lies below a lost directory shows
/// only when that is back.
/// </summary>
internal sealed class LostObjects(ObjectStore store, IReadOnlySet<ContentHash> lost)
{
    private readonly ObjectGraph _graph = new(store);
    private readonly HashSet<ContentHash> _met = [];
    private readonly Dictionary<SnapshotId, IReadOnlyList<SnapshotId>> _parents = [];

    /// <summary>Gives the orders; what no snapshot of the roots reaches is in none of them.</summary>
    public async Task<IReadOnlyList<RepairOrder>> OrderAsync(IEnumerable<SnapshotId> roots, CancellationToken cancellationToken)
    {
        List<RepairOrder> orders = [];
        foreach (var id in await AncestorsFirstAsync(roots, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_parents.TryGetValue(id, out var parents))
            {
                orders.Add(new RepairOrder(id, []));
            }
            else if (await TryAsync(() => _graph.ReadSnapshotAsync(id, cancellationToken)) is { } snapshot && await MeetsAsync(snapshot, cancellationToken))
            {
                orders.Add(new RepairOrder(id, parents));
            }
        }

        return orders.Any(order => order.Without.Count == 0) ? await WithKnownAsync(orders, cancellationToken) : orders;
    }

    // Everything of the tree is looked at, so that what it has counts as met for those that come later.
    private async Task<bool> MeetsAsync(SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        var meets = await DirectoryAsync(snapshot.Root, cancellationToken);
        foreach (var side in snapshot.Conflicts.SelectMany(conflict => new[] { conflict.Base, conflict.Ours, conflict.Theirs }).OfType<ConflictSide>())
        {
            meets |= _met.Add(side.Hash) && lost.Contains(side.Hash);
        }

        return meets;
    }

    private async Task<bool> DirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (!_met.Add(id))
        {
            return false;
        }

        // A page of it may be what is lost: then it does not read either.
        if (await TryAsync(() => _graph.ReadDirectoryAsync(id, cancellationToken)) is not { } directory)
        {
            return true;
        }

        var meets = false;
        foreach (var entry in directory.Entries)
        {
            meets |= entry.Kind == EntryKind.Directory
                ? await DirectoryAsync(entry.Hash, cancellationToken)
                : entry.Kind.HasContent && _met.Add(entry.Hash) && lost.Contains(entry.Hash);
        }

        return meets;
    }

    private async Task<List<SnapshotId>> AncestorsFirstAsync(IEnumerable<SnapshotId> roots, CancellationToken cancellationToken)
    {
        List<SnapshotId> order = [];
        HashSet<SnapshotId> entered = [];
        Stack<KeyValuePair<SnapshotId, bool>> stack = new(roots.Distinct().Select(root => new KeyValuePair<SnapshotId, bool>(root, false)));
        while (stack.TryPop(out var top))
        {
            if (top.Value)
            {
                order.Add(top.Key);
            }
            else if (entered.Add(top.Key))
            {
                stack.Push(new(top.Key, true));
                foreach (var parent in await ParentsAsync(top.Key, cancellationToken) ?? [])
                {
                    stack.Push(new(parent, false));
                }
            }
        }

        return order;
    }

    private async ValueTask<IReadOnlyList<SnapshotId>?> ParentsAsync(SnapshotId id, CancellationToken cancellationToken)
    {
        if (!_parents.TryGetValue(id, out var parents) && await TryAsync(() => _graph.ReadSnapshotAsync(id, cancellationToken)) is { } snapshot)
        {
            _parents[id] = parents = snapshot.Parents;
        }

        return parents;
    }

    /// <summary>
    /// A lost snapshot does not say what its parents are. Whatever is stored and does not come after it may be among them, so that
    /// its whole history does not come along.
    /// </summary>
    private async Task<IReadOnlyList<RepairOrder>> WithKnownAsync(List<RepairOrder> orders, CancellationToken cancellationToken)
    {
        foreach (var id in store.IdsOf(ObjectKind.Snapshot).Where(id => !lost.Contains(id)).Select(id => new SnapshotId(id)).ToArray())
        {
            await ParentsAsync(id, cancellationToken);
        }

        var children = _parents.SelectMany(pair => pair.Value.Select(parent => (parent, pair.Key))).ToLookup(pair => pair.parent, pair => pair.Key);
        return [.. orders.Select(order => order.Without.Count > 0 || _parents.ContainsKey(order.Snapshot) ? order : order with { Without = Beside(order.Snapshot, children) })];
    }

    private List<SnapshotId> Beside(SnapshotId snapshot, ILookup<SnapshotId, SnapshotId> children)
    {
        HashSet<SnapshotId> after = [snapshot];
        Stack<SnapshotId> open = new([snapshot]);
        while (open.TryPop(out var id))
        {
            foreach (var child in children[id].Where(after.Add))
            {
                open.Push(child);
            }
        }

        // Only the youngest: the others are their ancestors.
        return [.. _parents.Keys.Where(id => !after.Contains(id) && children[id].All(after.Contains))];
    }

    private static async ValueTask<T?> TryAsync<T>(Func<ValueTask<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is MissingObjectException or CorruptObjectException)
        {
            return null;
        }
    }
}
