using W0rktree.Core.Paths;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TreeDiff;

/// <summary>Finds renames among files that vanished and files that appeared. Use an instance once.</summary>
public sealed class RenameSearch
{
    private readonly RenameTable _table;
    private readonly RenameLimits _limits;
    private readonly SimilarityCache _similarities;

    /// <summary>Prepares a search; nothing is read yet.</summary>
    public RenameSearch(IEnumerable<RenameSide> gone, IEnumerable<RenameSide> added, RenameContent content, RenameLimits limits)
    {
        _table = new RenameTable(gone, added, limits);
        _limits = limits;
        _similarities = new SimilarityCache(_table, content);
    }

    /// <summary>Searches, for a diff: every vanished file may be a source.</summary>
    public ValueTask<RenameFindings> FindAsync(CancellationToken cancellationToken) => FindAsync(null, null, cancellationToken);

    /// <summary>Searches, for a merge.</summary>
    /// <param name="relevant">The sources whose fate matters; null for all.</param>
    /// <param name="removed">The vanished directories and who asks where they went; null for nobody. Is changed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<RenameFindings> FindAsync(
        IReadOnlyDictionary<TreePath, RenameRelevance>? relevant, Dictionary<TreePath, DirectoryRelevance>? removed, CancellationToken cancellationToken)
    {
        var moves = new DirectoryMoves(removed);
        long? gaveUp = null;
        if (_table.Gone.Length > 0 && _table.Added.Length > 0)
        {
            ExactMatches.Run(_table, moves);
            gaveUp = _limits.MinimumPercent >= 100 ? null : await FindEditedAsync(moves, relevant, cancellationToken);
        }

        return new RenameFindings([.. _table.PairOfAdded.OfType<RenamePair>()], moves.Relevant(), gaveUp);
    }

    private async ValueTask<long?> FindEditedAsync(DirectoryMoves moves, IReadOnlyDictionary<TreePath, RenameRelevance>? relevant, CancellationToken cancellationToken)
    {
        var minimum = Similarity.FullScore / 100 * _limits.MinimumPercent;
        await new NameMatches(_table, moves, _similarities, relevant).RunAsync(minimum + ((Similarity.FullScore - minimum) / 2), cancellationToken);
        var sources = Enumerable.Range(0, _table.Gone.Length).Where(i => !_table.IsTaken[i] && relevant?.ContainsKey(_table.Gone[i].Path) != false).ToList();
        if (relevant is not null && moves.IsAsked)
        {
            new SettledDirectories(_table, moves, relevant).Drop(sources);
        }

        return sources.Count == 0 ? null : await new SimilarityMatches(_table, moves, _similarities).RunAsync(sources, _limits, minimum, cancellationToken);
    }
}
