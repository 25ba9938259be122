using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>
/// Joins files that kept their name and changed little: most renames move a file to another directory. Costs one comparison
/// a file. Where a name is not unique, the guess where its directory went decides whom it is compared with.
/// </summary>
internal sealed class NameMatches(RenameTable table, DirectoryMoves moves, SimilarityCache similarities, IReadOnlyDictionary<TreePath, RenameRelevance>? relevant)
{
    private const int NotUnique = -1;

    /// <param name="minimumScore">Stricter than for files that were compared with everything.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask RunAsync(int minimumScore, CancellationToken cancellationToken)
    {
        var sources = Unique(table.Gone, i => table.IsTaken[i]);
        var targets = Unique(table.Added, i => table.PairOfAdded[i] is not null);
        var guesses = moves.Counts.Keys.ToDictionary(directory => directory, directory => moves.Guess(directory));
        var targetByPath = moves.IsAsked ? OpenTargets() : [];
        for (var source = 0; source < table.Gone.Length; source++)
        {
            var path = table.Gone[source].Path;
            if (table.IsTaken[source] || (relevant is not null && !relevant.ContainsKey(path)) || !targets.TryGetValue(path.Name, out var target))
            {
                continue;
            }

            if (target == NotUnique || sources[path.Name] == NotUnique)
            {
                target = guesses.GetValueOrDefault(path.Parent) is { } guess ? targetByPath.GetValueOrDefault(guess.Append(path.Name), NotUnique) : NotUnique;
            }

            if (target == NotUnique || table.PairOfAdded[target] is not null)
            {
                continue;
            }

            var score = await similarities.ScoreAsync(source, target, minimumScore, cancellationToken);
            if (score >= minimumScore)
            {
                table.Join(source, target, score, moves);
            }
        }
    }

    private Dictionary<TreePath, int> OpenTargets()
    {
        var byPath = new Dictionary<TreePath, int>();
        for (var i = 0; i < table.Added.Length; i++)
        {
            if (table.PairOfAdded[i] is null)
            {
                byPath[table.Added[i].Path] = i;
            }
        }

        return byPath;
    }

    private static Dictionary<EntryName, int> Unique(RenameSide[] sides, Func<int, bool> isTaken)
    {
        var byName = new Dictionary<EntryName, int>();
        for (var i = 0; i < sides.Length; i++)
        {
            if (!isTaken(i))
            {
                var name = sides[i].Path.Name;
                byName[name] = byName.ContainsKey(name) ? NotUnique : i;
            }
        }

        return byName;
    }
}
