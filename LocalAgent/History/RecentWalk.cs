using System.Runtime.CompilerServices;
using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.LocalAgent.History;

/// <summary>
/// Walks history by reading the snapshots themselves, the newest by its clock first: for a look at the last few where the index does not know
/// them yet. A snapshot that is not there ends its branch of the walk.
/// </summary>
internal static class RecentWalk
{
    /// <summary>Walks from a snapshot back.</summary>
    public static async IAsyncEnumerable<WalkedSnapshot> FromAsync(ObjectGraph objects, SnapshotId from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = new PriorityQueue<WalkedSnapshot, long>();
        var seen = new HashSet<SnapshotId>();
        await OpenAsync(from);
        while (open.TryDequeue(out var walked, out _))
        {
            foreach (var parent in walked.Snapshot.Parents)
            {
                await OpenAsync(parent);
            }

            yield return walked;
        }

        async ValueTask OpenAsync(SnapshotId id)
        {
            if (seen.Add(id) && await objects.TryReadSnapshotAsync(id, cancellationToken) is { } snapshot)
            {
                open.Enqueue(new WalkedSnapshot(id, snapshot), -snapshot.Time.UnixMilliseconds);
            }
        }
    }
}
