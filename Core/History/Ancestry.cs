using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History;

/// <summary>Answers questions about who descends from whom. Reads snapshots as far as it must.</summary>
public static class Ancestry
{
    /// <summary>Tells whether one snapshot is another or one of its ancestors.</summary>
    public static async ValueTask<bool> IsAncestorAsync(ObjectGraph objects, SnapshotId ancestor, SnapshotId descendant, CancellationToken cancellationToken)
    {
        await foreach (var (id, _) in WalkAsync(objects, [descendant], cancellationToken))
        {
            if (id == ancestor)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Walks from some snapshots back over all parents, breadth first, each once. A snapshot that is not there ends its branch of the walk.</summary>
    public static async IAsyncEnumerable<WalkedSnapshot> WalkAsync(
        ObjectGraph objects,
        IEnumerable<SnapshotId> from,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<SnapshotId>();
        var queue = new Queue<SnapshotId>();
        foreach (var id in from)
        {
            if (seen.Add(id))
            {
                queue.Enqueue(id);
            }
        }

        while (queue.TryDequeue(out var id))
        {
            if (await objects.TryReadSnapshotAsync(id, cancellationToken) is not { } snapshot)
            {
                continue;
            }

            yield return new WalkedSnapshot(id, snapshot);
            foreach (var parent in snapshot.Parents)
            {
                if (seen.Add(parent))
                {
                    queue.Enqueue(parent);
                }
            }
        }
    }

    /// <summary>
    /// Finds the nearest common ancestors of two snapshots: those from which no other common ancestor descends. One in
    /// ordinary histories, several after criss-cross merges, none where the histories have nothing in common. Sorted by id.
    /// </summary>
    public static async ValueTask<ImmutableArray<SnapshotId>> MergeBasesAsync(ObjectGraph objects, SnapshotId left, SnapshotId right, CancellationToken cancellationToken)
    {
        if (left == right)
        {
            return [left];
        }

        var reachableFromLeft = new HashSet<SnapshotId>();
        await foreach (var (id, _) in WalkAsync(objects, [left], cancellationToken))
        {
            reachableFromLeft.Add(id);
        }

        // From the right, the walk stops at the first common snapshots; what lies behind them is common too, but not nearest.
        var candidates = new HashSet<SnapshotId>();
        var seen = new HashSet<SnapshotId> { right };
        var queue = new Queue<SnapshotId>([right]);
        while (queue.TryDequeue(out var id))
        {
            if (reachableFromLeft.Contains(id))
            {
                candidates.Add(id);
                continue;
            }

            if (await objects.TryReadSnapshotAsync(id, cancellationToken) is { } snapshot)
            {
                foreach (var parent in snapshot.Parents)
                {
                    if (seen.Add(parent))
                    {
                        queue.Enqueue(parent);
                    }
                }
            }
        }

        return candidates.Count <= 1 ? [.. candidates] : await WithoutAncestorsOfOthersAsync(objects, candidates, cancellationToken);
    }

    /// <summary>Counts what each side has that the other has not: (ahead, behind) of the left one.</summary>
    public static async ValueTask<AheadBehind> CompareAsync(ObjectGraph objects, SnapshotId left, SnapshotId right, CancellationToken cancellationToken)
    {
        var fromLeft = new HashSet<SnapshotId>();
        await foreach (var (id, _) in WalkAsync(objects, [left], cancellationToken))
        {
            fromLeft.Add(id);
        }

        var common = 0;
        var behind = 0;
        await foreach (var (id, _) in WalkAsync(objects, [right], cancellationToken))
        {
            if (fromLeft.Contains(id))
            {
                common++;
            }
            else
            {
                behind++;
            }
        }

        return new AheadBehind(fromLeft.Count - common, behind);
    }

    private static async ValueTask<ImmutableArray<SnapshotId>> WithoutAncestorsOfOthersAsync(ObjectGraph objects, HashSet<SnapshotId> candidates, CancellationToken cancellationToken)
    {
        var nearest = new HashSet<SnapshotId>(candidates);
        foreach (var candidate in candidates)
        {
            await foreach (var (id, _) in WalkAsync(objects, [candidate], cancellationToken))
            {
                if (id != candidate)
                {
                    nearest.Remove(id);
                }
            }
        }

        return [.. nearest.Order()];
    }
}

/// <summary>Counts snapshots that one side has and the other has not.</summary>
public readonly record struct AheadBehind(int Ahead, int Behind);

/// <summary>A snapshot that a walk over history met.</summary>
public readonly record struct WalkedSnapshot(SnapshotId Id, SnapshotObject Snapshot);
