namespace W0rktree.Core.TreeDiff;

/// <summary>Compares every open source with every open target and joins the most alike first.</summary>
internal sealed class SimilarityMatches(RenameTable table, DirectoryMoves moves, SimilarityCache similarities)
{
    /// <summary>How many sources a target remembers: one of them is nearly always still free when its turn comes.</summary>
    private const int MaxCandidates = 4;

    /// <summary>Runs, or gives the number of comparisons where that is over the limit.</summary>
    public async ValueTask<long?> RunAsync(IReadOnlyList<int> sources, RenameLimits limits, int minimumScore, CancellationToken cancellationToken)
    {
        var targets = Enumerable.Range(0, table.Added.Length).Where(i => table.PairOfAdded[i] is null).ToArray();
        var comparisons = (long)targets.Length * sources.Count;
        if (comparisons > limits.MaxComparisons)
        {
            comparisons = Reachable(sources, targets, minimumScore);
        }

        if (comparisons > limits.MaxComparisons)
        {
            return comparisons;
        }

        var found = new List<Candidate>();
        foreach (var target in targets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            found.AddRange(await BestAsync(target, sources, minimumScore, cancellationToken));
        }

        // Stable: among equals the earlier path wins, so that the result depends on nothing but the trees.
        foreach (var candidate in found.OrderByDescending(c => c.Score).ThenByDescending(c => c.SameName))
        {
            if (candidate.Score >= minimumScore && table.PairOfAdded[candidate.Target] is null && !table.IsTaken[candidate.Source])
            {
                table.Join(candidate.Source, candidate.Target, candidate.Score, moves);
            }
        }

        return null;
    }

    private async ValueTask<List<Candidate>> BestAsync(int target, IReadOnlyList<int> sources, int minimumScore, CancellationToken cancellationToken)
    {
        var best = new List<Candidate>(MaxCandidates);
        foreach (var source in sources)
        {
            var score = await similarities.ScoreAsync(source, target, minimumScore, cancellationToken);
            if (score < minimumScore)
            {
                continue;
            }

            var candidate = new Candidate(source, target, score, RenameTable.SameName(table.Gone[source].Path, table.Added[target].Path));
            if (best.Count < MaxCandidates)
            {
                best.Add(candidate);
            }
            else if (WorstOf(best) is var worst && candidate.IsBetterThan(best[worst]))
            {
                best[worst] = candidate;
            }
        }

        return best;
    }

    private static int WorstOf(List<Candidate> candidates)
    {
        var worst = 0;
        for (var i = 1; i < candidates.Count; i++)
        {
            worst = candidates[worst].IsBetterThan(candidates[i]) ? i : worst;
        }

        return worst;
    }

    /// <summary>Counts the pairs whose sizes alone do not rule each other out.</summary>
    private long Reachable(IReadOnlyList<int> sources, int[] targets, int minimumScore)
    {
        var sizes = sources.Select(source => table.Gone[source].Entry.SizeBytes).Order().ToArray();
        var total = 0L;
        foreach (var target in targets)
        {
            var size = (double)table.Added[target].Entry.SizeBytes;
            var share = minimumScore / (double)TextDiff.Similarity.FullScore;
            total += FirstAtLeast(sizes, size / share + 1) - FirstAtLeast(sizes, size * share);
        }

        return total;
    }

    private static int FirstAtLeast(ulong[] sizes, double limit)
    {
        int low = 0, high = sizes.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sizes[middle] < limit ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private readonly record struct Candidate(int Source, int Target, int Score, bool SameName)
    {
        public bool IsBetterThan(Candidate other) => Score != other.Score ? Score > other.Score : SameName && !other.SameName;
    }
}
