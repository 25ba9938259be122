using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>
/// Spares comparisons of sources that matter only for where their directory went, once so many of its files are known to have
/// gone to one place that the others cannot change the answer.
/// </summary>
internal sealed class SettledDirectories(RenameTable table, DirectoryMoves moves, IReadOnlyDictionary<TreePath, RenameRelevance> relevant)
{
    public void Drop(List<int> sources)
    {
        var unknown = new Dictionary<TreePath, int>();
        foreach (var source in sources)
        {
            for (var at = table.Gone[source].Path.Parent; !at.IsRoot && moves.RelevanceOf(at) != DirectoryRelevance.None; at = at.Parent)
            {
                unknown[at] = unknown.GetValueOrDefault(at) + 1;
            }
        }

        foreach (var (directory, open) in unknown)
        {
            if (moves.RelevanceOf(directory) == DirectoryRelevance.ForSelf && IsSettled(directory, open))
            {
                moves.Lower(directory);
            }
        }

        foreach (var directory in moves.Counts.Keys.Where(directory => !unknown.ContainsKey(directory)))
        {
            if (moves.RelevanceOf(directory) == DirectoryRelevance.ForSelf && IsSettled(directory, 0))
            {
                moves.Lower(directory);
            }
        }

        sources.RemoveAll(source => relevant[table.Gone[source].Path] == RenameRelevance.Location && !IsStillAsked(table.Gone[source].Path.Parent));
    }

    private bool IsSettled(TreePath directory, int open)
    {
        if (!moves.Counts.TryGetValue(directory, out var counts))
        {
            return false;
        }

        var top = counts.Values.OrderDescending().Take(2).ToArray();
        return top[0] > (top.Length > 1 ? top[1] : 0) + open;
    }

    private bool IsStillAsked(TreePath directory)
    {
        for (var at = directory; ; at = at.Parent)
        {
            switch (moves.RelevanceOf(at))
            {
                case DirectoryRelevance.ForSelf:
                    return true;
                case DirectoryRelevance.None:
                    return false;
            }

            if (at.IsRoot)
            {
                return false;
            }
        }
    }
}
