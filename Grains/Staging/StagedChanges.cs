using System.Collections.Immutable;
using W0rktree.Core.Classification;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Abstractions.Vaults;

namespace W0rktree.Grains.Staging;

/// <summary>Computes what staged work changes from the snapshots themselves: what a client says of its own work proves nothing.</summary>
internal sealed class StagedChanges(IObjectVault vault, TreeAddress tree)
{
    /// <summary>The most paths of one entry that are compared.</summary>
    public const int MaxPaths = 10_000;

    private readonly Dictionary<(SnapshotId Base, SnapshotId Snapshot), ImmutableArray<StagedPath>> _known = [];

    /// <summary>Lists the changes from a base to a snapshot, all of them; refuses what the tree does not have.</summary>
    public async Task<Result<ImmutableArray<StagedPath>>> BetweenAsync(SnapshotId from, SnapshotId to, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((from, to), out var known))
        {
            return known;
        }

        await using var objects = await vault.ForTenant(tree.Tenant).OpenAsync(tree.Tree, cancellationToken);
        if (!await objects.HasSnapshotAsync(to, cancellationToken) || (!from.IsZero && !await objects.HasSnapshotAsync(from, cancellationToken)))
        {
            return new Error("missing_objects", $"Snapshot {to.ToShortString()} or its base is not on the server with everything it holds.", "Send it again: wt sync");
        }

        var graph = new ObjectGraph(objects);
        ContentHash? before = from.IsZero ? null : (await graph.ReadSnapshotAsync(from, cancellationToken)).Root;
        var after = (await graph.ReadSnapshotAsync(to, cancellationToken)).Root;
        var changes = await DirectoryDiff.CompareAsync(graph, before, after, cancellationToken);
        ImmutableArray<StagedPath> paths = [.. changes.Take(MaxPaths + 1).Select(Describe)];
        _known[(from, to)] = paths;
        return paths;
    }

    /// <summary>Forgets what no entry refers to.</summary>
    public void Keep(IEnumerable<StagedRecord> entries)
    {
        var wanted = entries.Select(e => (e.Base, e.Snapshot)).ToHashSet();
        foreach (var key in _known.Keys.Where(k => !wanted.Contains(k)).ToArray())
        {
            _ = _known.Remove(key);
        }
    }

    private static StagedPath Describe(PathChange change) => new()
    {
        Path = change.Path,
        Change = change.Type switch
        {
            ChangeType.Added => StagedChange.Added,
            ChangeType.Modified => StagedChange.Modified,
            ChangeType.Deleted => StagedChange.Deleted,
            ChangeType.Renamed => StagedChange.Renamed,
            ChangeType.ModeChanged => StagedChange.ModeChanged,
            ChangeType.TypeChanged => StagedChange.TypeChanged,
            _ => throw new InvalidOperationException($"Unknown type of change {change.Type}."),
        },
        OldHash = change.Old?.Hash ?? default,
        NewHash = change.New?.Hash ?? default,
        OldPath = change.OldPath ?? TreePath.Root,
        Class = ChangeClassifier.Default.Classify(change.Path.Bytes).Text,
    };
}
