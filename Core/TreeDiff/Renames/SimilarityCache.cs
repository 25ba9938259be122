using W0rktree.Core.Objects;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TreeDiff;

/// <summary>Fingerprints each candidate at most once.</summary>
internal sealed class SimilarityCache(RenameTable table, RenameContent content)
{
    private readonly Similarity?[] _gone = new Similarity?[table.Gone.Length];
    private readonly Similarity?[] _added = new Similarity?[table.Added.Length];

    /// <summary>Compares a vanished with an added file; 0 where they cannot be alike enough. What differs too much in size is not read.</summary>
    public async ValueTask<int> ScoreAsync(int gone, int added, int minimumScore, CancellationToken cancellationToken)
    {
        if (!CanCompare(gone, added) || !Similarity.CanReachScore((long)table.Gone[gone].Entry.SizeBytes, (long)table.Added[added].Entry.SizeBytes, minimumScore))
        {
            return 0;
        }

        var old = _gone[gone] ??= await OfAsync(table.Gone[gone], cancellationToken);
        var now = _added[added] ??= await OfAsync(table.Added[added], cancellationToken);
        return old.CanReachScore(now, minimumScore) ? old.ScoreWith(now) : 0;
    }

    /// <summary>Only regular files change while they move.</summary>
    public bool CanCompare(int gone, int added) => table.Gone[gone].Entry.Kind.IsFile && table.Added[added].Entry.Kind.IsFile;

    private async ValueTask<Similarity> OfAsync(RenameSide side, CancellationToken cancellationToken) =>
        await content(side, cancellationToken) is { } bytes ? Similarity.Of(bytes.Span) : Similarity.OfNothing;
}
