using System.Collections.Immutable;
using W0rktree.Core.Paths;
using W0rktree.Grains.Abstractions.Staging;

namespace W0rktree.Grains.Staging;

/// <summary>Finds where two people's changes meet. Pure.</summary>
public static class OverlapRules
{
    /// <summary>The paths of one overlap that are named; the count is of all.</summary>
    public const int MaxNamedPaths = 50;

    /// <summary>Compares two sets of changes by the paths that they touch, by a rename's old path too.</summary>
    public static ImmutableArray<OverlapPath> Meet(IReadOnlyList<StagedPath> mine, IReadOnlyList<StagedPath> others)
    {
        var (myPaths, theirPaths) = (ByPath(mine), ByPath(others));
        var met = new SortedDictionary<TreePath, OverlapKind>();
        foreach (var (path, change) in myPaths)
        {
            if (theirPaths.TryGetValue(path, out var other))
            {
                met[path] = Judge(change, other);
            }
        }

        // Either side may have put a file where the other has a folder.
        AddFolders(met, myPaths, theirPaths);
        AddFolders(met, theirPaths, myPaths);
        return [.. met.Select(m => new OverlapPath { Path = m.Key, Kind = m.Value })];
    }

    private static Dictionary<TreePath, StagedPath> ByPath(IReadOnlyList<StagedPath> changes)
    {
        var byPath = new Dictionary<TreePath, StagedPath>(changes.Count);
        foreach (var change in changes)
        {
            foreach (var path in Touched(change))
            {
                byPath[path] = change;
            }
        }

        return byPath;
    }

    private static void AddFolders(SortedDictionary<TreePath, OverlapKind> met, Dictionary<TreePath, StagedPath> below, Dictionary<TreePath, StagedPath> above)
    {
        foreach (var (path, change) in below)
        {
            if (MeetsFolder(change, path, above) is { } file)
            {
                met[file] = OverlapKind.PredictedConflict;
            }
        }
    }

    private static OverlapKind Judge(StagedPath mine, StagedPath other) => (mine.Change, other.Change) switch
    {
        _ when mine.NewHash == other.NewHash && mine.Path == other.Path && mine.OldPath == other.OldPath => OverlapKind.SameContent,
        (StagedChange.Deleted or StagedChange.TypeChanged, _) or (_, StagedChange.Deleted or StagedChange.TypeChanged) => OverlapKind.PredictedConflict,
        (StagedChange.Added, StagedChange.Added) => OverlapKind.PredictedConflict,
        (StagedChange.Renamed, StagedChange.Renamed) when mine.Path != other.Path => OverlapKind.PredictedConflict,
        _ => OverlapKind.SamePath,
    };

    /// <summary>Finds a folder of the path that the other side made a file.</summary>
    private static TreePath? MeetsFolder(StagedPath change, TreePath path, Dictionary<TreePath, StagedPath> others)
    {
        if (change.Change == StagedChange.Deleted)
        {
            return null;
        }

        for (var above = path.Parent; above != TreePath.Root; above = above.Parent)
        {
            if (others.TryGetValue(above, out var other) && other.Change is StagedChange.Added or StagedChange.TypeChanged)
            {
                return above;
            }
        }

        return null;
    }

    private static IEnumerable<TreePath> Touched(StagedPath change) =>
        change.OldPath == TreePath.Root ? [change.Path] : [change.Path, change.OldPath];
}
