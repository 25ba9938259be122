namespace W0rktree.Core.TreeDiff;

/// <summary>Joins deletions and additions of a comparison into renames, edited ones included.</summary>
public static class RenameJoin
{
    /// <summary>Gives the changes with renames joined, in the order of their new paths, and where the search gave up.</summary>
    public static async ValueTask<JoinedChanges> JoinAsync(IReadOnlyList<PathChange> changes, RenameContent content, RenameLimits limits, CancellationToken cancellationToken)
    {
        var gone = changes.Where(change => change is { Type: ChangeType.Deleted, Old: not null }).Select(change => new RenameSide(change.Path, change.Old!)).ToList();
        var added = changes.Where(change => change is { Type: ChangeType.Added, New: not null }).Select(change => new RenameSide(change.Path, change.New!)).ToList();
        if (gone.Count == 0 || added.Count == 0)
        {
            return new JoinedChanges(changes, null);
        }

        var found = await new RenameSearch(gone, added, content, limits).FindAsync(cancellationToken);
        var pairByTarget = found.Pairs.ToDictionary(pair => pair.New.Path);
        var sources = found.Pairs.Select(pair => pair.Old.Path).ToHashSet();
        var joined = new List<PathChange>(changes.Count);
        foreach (var change in changes)
        {
            if (change.Type == ChangeType.Added && pairByTarget.TryGetValue(change.Path, out var pair))
            {
                joined.Add(new PathChange(change.Path, ChangeType.Renamed, pair.Old.Entry, pair.New.Entry, pair.Old.Path) { SimilarityPercent = pair.Percent });
            }
            else if (change.Type != ChangeType.Deleted || !sources.Contains(change.Path))
            {
                joined.Add(change);
            }
        }

        return new JoinedChanges(joined, found.GaveUpAt);
    }
}

/// <summary>Holds changes in which renames are joined.</summary>
/// <param name="Changes">The changes.</param>
/// <param name="GaveUpAt">How many comparisons edited renames would have taken, where that was too many; else null.</param>
public sealed record JoinedChanges(IReadOnlyList<PathChange> Changes, long? GaveUpAt);
