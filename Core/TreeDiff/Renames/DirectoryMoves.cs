using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>
/// Counts which directories the files of vanished directories went to. A rename of <c>a/b/x/f</c> to <c>a/c/x/f</c> speaks
/// for <c>a/b/x → a/c/x</c> and for <c>a/b → a/c</c>, but not for <c>a → a</c>: it counts upwards while the ends agree.
/// </summary>
internal sealed class DirectoryMoves(Dictionary<TreePath, DirectoryRelevance>? removed)
{
    /// <summary>Gets the counts: vanished directory → (new directory → files).</summary>
    public Dictionary<TreePath, Dictionary<TreePath, int>> Counts { get; } = [];

    public bool IsAsked => removed is not null;

    public DirectoryRelevance RelevanceOf(TreePath directory) => removed?.GetValueOrDefault(directory) ?? DirectoryRelevance.None;

    public void Lower(TreePath directory) => removed![directory] = DirectoryRelevance.ForAncestor;

    public void Count(TreePath from, TreePath to)
    {
        if (removed is null)
        {
            return;
        }

        for (var isOwn = true; ; isOwn = false)
        {
            if (!isOwn && from.Name != to.Name)
            {
                return;
            }

            (from, to) = (from.Parent, to.Parent);
            if (!removed.TryGetValue(from, out var relevance))
            {
                return;
            }

            if (relevance == DirectoryRelevance.ForSelf || isOwn)
            {
                var counts = Counts.TryGetValue(from, out var known) ? known : Counts[from] = [];
                counts[to] = counts.GetValueOrDefault(to) + 1;
            }

            if (relevance == DirectoryRelevance.None || from.IsRoot || to.IsRoot)
            {
                return;
            }
        }
    }

    /// <summary>Guesses, from the renames found so far, where a directory went.</summary>
    public TreePath? Guess(TreePath directory) => Counts.TryGetValue(directory, out var counts) ? counts.MaxBy(static pair => pair.Value).Key : null;

    /// <summary>Gives what was counted for directories that somebody asks about.</summary>
    public Dictionary<TreePath, Dictionary<TreePath, int>> Relevant() =>
        Counts.Where(pair => RelevanceOf(pair.Key) != DirectoryRelevance.None).ToDictionary();
}
