using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TreeDiff;

/// <summary>
/// Finds among added files those that were made from a file that changed in the same comparison, as <c>git diff -C</c> does: what somebody
/// copies to change it, he mostly changes in both places.
/// </summary>
public static class CopyJoin
{
    /// <summary>Turns additions into copies where a source is alike enough. Gives the changes as they are where there would be too many comparisons.</summary>
    /// <param name="changes">The changes, renames joined.</param>
    /// <param name="unchanged">Further files that may be sources, as with git's <c>--find-copies-harder</c>. Of two that are equally alike, one that changed counts.</param>
    /// <param name="content">Reads a file.</param>
    /// <param name="limits">How alike, and how many comparisons.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async ValueTask<JoinedChanges> JoinAsync(
        IReadOnlyList<PathChange> changes, IEnumerable<RenameSide> unchanged, RenameContent content, RenameLimits limits, CancellationToken cancellationToken)
    {
        var sources = changes.Where(change => change.Old is { SizeBytes: > 0 } old && old.Kind.IsFile).Select(change => new RenameSide(change.OldPath ?? change.Path, change.Old!)).ToList();
        var changed = sources.Select(source => source.Path).ToHashSet();
        sources.AddRange(unchanged.Where(side => side.Entry is { SizeBytes: > 0 } && side.Entry.Kind.IsFile && !changed.Contains(side.Path)));
        var added = changes.Count(change => change.Type == ChangeType.Added);
        if (sources.Count == 0 || added == 0)
        {
            return new JoinedChanges(changes, null);
        }

        var comparisons = (long)sources.Count * added;
        if (comparisons > limits.MaxComparisons)
        {
            return new JoinedChanges(changes, comparisons);
        }

        var minimum = Similarity.FullScore / 100 * limits.MinimumPercent;
        var known = new Dictionary<ContentHash, Similarity>();
        var joined = new List<PathChange>(changes.Count);
        foreach (var change in changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (change.Type != ChangeType.Added || change.New is not { SizeBytes: > 0 } entry || !entry.Kind.IsFile)
            {
                joined.Add(change);
                continue;
            }

            var target = new RenameSide(change.Path, entry);
            (var source, var score) = await BestAsync(target);
            joined.Add(score >= minimum
                ? new PathChange(change.Path, ChangeType.Copied, source.Entry, entry, source.Path) { SimilarityPercent = (int)(score * 100L / Similarity.FullScore) }
                : change);
        }

        return new JoinedChanges(joined, null);

        async ValueTask<(RenameSide Source, int Score)> BestAsync(RenameSide target)
        {
            if (sources.Find(source => source.Entry.Hash == target.Entry.Hash) is { Entry: not null } same)
            {
                return (same, Similarity.FullScore);
            }

            var best = default(RenameSide);
            var bestScore = -1;
            foreach (var source in sources)
            {
                if (!Similarity.CanReachScore((long)source.Entry.SizeBytes, (long)target.Entry.SizeBytes, minimum))
                {
                    continue;
                }

                var score = (await OfAsync(target)).ScoreWith(await OfAsync(source));
                if (score > bestScore)
                {
                    best = source;
                    bestScore = score;
                }
            }

            return (best, bestScore);
        }

        async ValueTask<Similarity> OfAsync(RenameSide side)
        {
            if (!known.TryGetValue(side.Entry.Hash, out var similarity))
            {
                similarity = await content(side, cancellationToken) is { } bytes ? Similarity.Of(bytes.Span) : Similarity.OfNothing;
                known[side.Entry.Hash] = similarity;
            }

            return similarity;
        }
    }
}
