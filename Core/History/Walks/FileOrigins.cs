using W0rktree.Core.History.Index;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;

namespace W0rktree.Core.History.Walks;

/// <summary>Tells where files that a snapshot added came from, by the same search for renames as a diff's.</summary>
public sealed class FileOrigins(HistoryIndex index, DirectoryCache directories, RenameContent content, RenameLimits limits)
{
    private readonly Dictionary<(int Parent, int Child), IReadOnlyList<PathChange>> _renames = [];

    /// <summary>Gives what a file was called in the first parent that has its source, or null where it is new.</summary>
    public async ValueTask<TreePath?> FindAsync(int number, TreePath path, CancellationToken cancellationToken)
    {
        var parents = new List<int>();
        index.AddParentsOf(number, parents);
        foreach (var parent in parents)
        {
            if (await FindAsync(parent, number, path, cancellationToken) is { } source)
            {
                return source;
            }
        }

        return null;
    }

    /// <summary>Gives what a file was called in one parent, or null.</summary>
    public async ValueTask<TreePath?> FindAsync(int parent, int child, TreePath path, CancellationToken cancellationToken)
    {
        if (!_renames.TryGetValue((parent, child), out var renames))
        {
            var changes = await DirectoryDiff.CompareAsync(directories.Objects, index.RootOf(parent), index.RootOf(child), cancellationToken);
            renames = [.. (await RenameJoin.JoinAsync(changes, content, limits, cancellationToken)).Changes.Where(change => change.OldPath is not null)];
            _renames[(parent, child)] = renames;
        }

        return renames.FirstOrDefault(change => change.Path == path)?.OldPath;
    }
}
