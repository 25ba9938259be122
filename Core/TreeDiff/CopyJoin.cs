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
    public static async ValueTask<JoinedChanges> JoinAsync(IReadOnlyList<PathChange> changes, RenameContent content, RenameLimits limits, CancellationToken cancellationToken)
    {
        var sources = changes.Where(change => change.Old is { SizeBytes: > 0 } old && old.Kind.IsFile).Select(change => new RenameSide(change.OldPath ?? change.Path, change.Old!)).ToList();
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
            joined.Add(score >= Similarity.FullScore / 100 * limits.MinimumPercent
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
