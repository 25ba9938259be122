using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History;

/// <summary>What walks over history need of a snapshot.</summary>
/// <param name="Root">Its root directory.</param>
/// <param name="Parents">The snapshots it follows.</param>
/// <param name="Seconds">When it was made, in seconds since 1970. A hint for the order of walks, never for their result.</param>
public sealed record HistoryNode(ContentHash Root, ImmutableArray<SnapshotId> Parents, long Seconds);

/// <summary>Answers what a snapshot follows. The seam between walks and where history is kept.</summary>
public interface IHistory
{
    /// <summary>Reads a snapshot's place in history, or gives null where it is not there.</summary>
    ValueTask<HistoryNode?> FindAsync(SnapshotId id, CancellationToken cancellationToken);
}

/// <summary>Reads history from the snapshots themselves and remembers what it read. Not thread-safe.</summary>
public sealed class StoredHistory(ObjectGraph objects) : IHistory
{
    private readonly Dictionary<SnapshotId, HistoryNode?> _known = [];

    /// <inheritdoc/>
    public async ValueTask<HistoryNode?> FindAsync(SnapshotId id, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(id, out var node))
        {
            var snapshot = await objects.TryReadSnapshotAsync(id, cancellationToken);
            node = snapshot is null ? null : new HistoryNode(snapshot.Root, snapshot.Parents, snapshot.Time.UnixMilliseconds / 1000);
            _known[id] = node;
        }

        return node;
    }
}
