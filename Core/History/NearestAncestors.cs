using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;

namespace W0rktree.Core.History;

/// <summary>
/// Finds the nearest common ancestors of two lines of history: common ancestors from which no other one descends. Walks the
/// newest first and stops when everything left is common to both, so that it reads what the two have apart and little more.
/// </summary>
public sealed class NearestAncestors(IHistory history)
{
    [Flags]
    private enum Reach
    {
        None = 0,
        Left = 1,
        Right = 2,
        Both = Left | Right,

        /// <summary>Below a common ancestor that was found: common too, but not nearest.</summary>
        Below = 4,
    }

    /// <summary>Finds them, the oldest first, so that folding them gives the same base on every machine.</summary>
    /// <param name="left">The heads of one line; more than one for a state that was merged in memory.</param>
    /// <param name="right">The head of the other.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<IReadOnlyList<SnapshotId>> FindAsync(IReadOnlyList<SnapshotId> left, SnapshotId right, CancellationToken cancellationToken)
    {
        if (left.Contains(right))
        {
            return [right];
        }

        var nearest = new List<(SnapshotId Id, long Seconds)>();
        foreach (var id in (history as IndexedHistory)?.FindNearest(left, right) ?? await WalkAsync(left, right, cancellationToken))
        {
            nearest.Add((id, await SecondsAsync(id, cancellationToken)));
        }

        return [.. nearest.OrderBy(entry => entry.Seconds).ThenBy(entry => entry.Id.Hash).Select(entry => entry.Id)];
    }

    private async ValueTask<IReadOnlyList<SnapshotId>> WalkAsync(IReadOnlyList<SnapshotId> left, SnapshotId right, CancellationToken cancellationToken)
    {
        var found = await PaintAsync(left, right, cancellationToken);
        // Clocks may be wrong, and then the walk met an ancestor before its descendant.
        var nearest = new List<SnapshotId>();
        foreach (var candidate in found)
        {
            var others = found.Where(other => other != candidate).ToArray();
            if (others.Length == 0 || !await ReachesAsync(others, candidate, cancellationToken))
            {
                nearest.Add(candidate);
            }
        }

        return nearest;
    }

    /// <summary>Walks from all heads, newest first, until everything that waits is below what was found.</summary>
    private async ValueTask<List<SnapshotId>> PaintAsync(IReadOnlyList<SnapshotId> left, SnapshotId right, CancellationToken cancellationToken)
    {
        var reach = new Dictionary<SnapshotId, Reach>();
        var waiting = new HashSet<SnapshotId>();
        var queue = new PriorityQueue<SnapshotId, long>();
        var open = 0;
        foreach (var head in left)
        {
            await ReachAsync(head, Reach.Left);
        }

        await ReachAsync(right, Reach.Right);
        var found = new HashSet<SnapshotId>();
        while (open > 0 && queue.TryDequeue(out var id, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            waiting.Remove(id);
            var here = reach[id];
            open -= here.HasFlag(Reach.Below) ? 0 : 1;
            if (here == Reach.Both)
            {
                found.Add(id);
                here |= Reach.Below;
            }

            foreach (var parent in await history.FindAsync(id, cancellationToken) is { } node ? node.Parents : [])
            {
                await ReachAsync(parent, here);
            }
        }

        return [.. found.Where(id => !reach[id].HasFlag(Reach.Below))];

        async ValueTask ReachAsync(SnapshotId id, Reach more)
        {
            var known = reach.GetValueOrDefault(id);
            var all = known | more;
            if (all == known)
            {
                return;
            }

            reach[id] = all;
            if (waiting.Add(id))
            {
                queue.Enqueue(id, -await SecondsAsync(id, cancellationToken));
                open += all.HasFlag(Reach.Below) ? 0 : 1;
            }
            else if (all.HasFlag(Reach.Below) && !known.HasFlag(Reach.Below))
            {
                open--;
            }
        }
    }

    private async ValueTask<bool> ReachesAsync(IEnumerable<SnapshotId> from, SnapshotId target, CancellationToken cancellationToken)
    {
        var seen = new HashSet<SnapshotId>(from);
        var queue = new Queue<SnapshotId>(seen);
        while (queue.TryDequeue(out var id))
        {
            foreach (var parent in await history.FindAsync(id, cancellationToken) is { } node ? node.Parents : [])
            {
                if (parent == target)
                {
                    return true;
                }

                if (seen.Add(parent))
                {
                    queue.Enqueue(parent);
                }
            }
        }

        return false;
    }

    private async ValueTask<long> SecondsAsync(SnapshotId id, CancellationToken cancellationToken) =>
        (await history.FindAsync(id, cancellationToken))?.Seconds ?? long.MinValue + 1;
}
