using W0rktree.Core.History;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;

namespace W0rktree.Grains.Branches;

/// <summary>Finds every path that a push changes, so that nothing can be hidden between its first and its last snapshot.</summary>
/// <remarks>
/// Two views together. Snapshot by snapshot: what differs from every parent was changed by it, also where a later one takes
/// it back, and what a merge took from one of its sides was not. And from the branch's head to the new one: what a merge took
/// from an old snapshot in place of what stands on the branch is a change, whoever made the old one.
/// </remarks>
internal sealed class PushedChanges(ObjectGraph graph)
{
    /// <summary>Lists the changed paths; both names of a rename are among them.</summary>
    /// <param name="head">The branch's head; null where the push makes the branch.</param>
    /// <param name="pushed">The new head.</param>
    /// <param name="onServer">Heads of branches: what they reach was decided on when it came.</param>
    /// <param name="authority">The default branch's head: what stands there stands rightly on any branch; null where there is none, or where this is that branch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlySet<TreePath>> ListAsync(
        SnapshotId? head, SnapshotId pushed, IReadOnlyCollection<SnapshotId> onServer, SnapshotId? authority, CancellationToken cancellationToken)
    {
        var changed = new HashSet<TreePath>();
        foreach (var snapshot in await NewAsync(pushed, onServer, cancellationToken))
        {
            changed.UnionWith(await OwnAsync(snapshot, cancellationToken));
        }

        if (head is { } before)
        {
            var net = await PathsAsync(await RootAsync(before, cancellationToken), await RootAsync(pushed, cancellationToken), cancellationToken);
            if (authority is { } decided)
            {
                net.IntersectWith(await PathsAsync(await RootAsync(decided, cancellationToken), await RootAsync(pushed, cancellationToken), cancellationToken));
            }

            changed.UnionWith(net);
        }

        return changed;
    }

    private async Task<List<SnapshotObject>> NewAsync(SnapshotId pushed, IReadOnlyCollection<SnapshotId> onServer, CancellationToken cancellationToken)
    {
        var known = new HashSet<SnapshotId>();
        await foreach (var (id, _) in Ancestry.WalkAsync(graph, onServer, cancellationToken))
        {
            known.Add(id);
        }

        var found = new List<SnapshotObject>();
        var seen = new HashSet<SnapshotId> { pushed };
        var open = new Stack<SnapshotId>([pushed]);
        while (open.TryPop(out var id))
        {
            if (known.Contains(id))
            {
                continue;
            }

            var snapshot = await graph.ReadSnapshotAsync(id, cancellationToken);
            found.Add(snapshot);
            foreach (var parent in snapshot.Parents.Where(seen.Add))
            {
                open.Push(parent);
            }
        }

        return found;
    }

    /// <summary>Lists the paths at which a snapshot differs from all of its parents.</summary>
    private async Task<HashSet<TreePath>> OwnAsync(SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.Parents.IsEmpty)
        {
            return await PathsAsync(null, snapshot.Root, cancellationToken);
        }

        HashSet<TreePath>? own = null;
        foreach (var parent in snapshot.Parents)
        {
            var paths = await PathsAsync(await RootAsync(parent, cancellationToken), snapshot.Root, cancellationToken);
            if (own is null)
            {
                own = paths;
            }
            else
            {
                own.IntersectWith(paths);
            }
        }

        return own!;
    }

    private async Task<ContentHash> RootAsync(SnapshotId id, CancellationToken cancellationToken) => (await graph.ReadSnapshotAsync(id, cancellationToken)).Root;

    private async Task<HashSet<TreePath>> PathsAsync(ContentHash? before, ContentHash after, CancellationToken cancellationToken) =>
        [.. (await DirectoryDiff.CompareAsync(graph, before, after, cancellationToken)).Select(static c => c.Path)];
}
