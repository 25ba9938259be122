using System.Runtime.CompilerServices;
using W0rktree.Core.Classification;
using W0rktree.Core.History.Index;
using W0rktree.Core.History.Walks;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.History;

/// <summary>What <c>wt log</c> is to list.</summary>
internal sealed record LogFilter
{
    /// <summary>Gets the path; the root for all.</summary>
    public TreePath Path { get; init; }

    /// <summary>Gets whether the history of a file goes on under the name it had before.</summary>
    public bool Follow { get; init; }

    /// <summary>Gets whether each snapshot is to say which listed ones it follows.</summary>
    public bool Joined { get; init; }

    /// <summary>Gets a part of the author's name or address, in any case.</summary>
    public string? Author { get; init; }

    /// <summary>Gets the classes of which a snapshot must have changed one; empty for any.</summary>
    public IReadOnlyList<ChangeClass> Classes { get; init; } = [];

    /// <summary>Gets the earliest time in seconds since 1970.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>Gets the latest time.</summary>
    public long? UntilSeconds { get; init; }

    /// <summary>Gets whether a snapshot by itself tells whether it is listed.</summary>
    public bool IsPlain => Path.IsRoot && !Joined && Classes.Count == 0;

    /// <summary>Tells whether a snapshot has the author and the time.</summary>
    public bool Takes(SnapshotObject snapshot) =>
        (Author is null || snapshot.Author.Text?.Contains(Author, StringComparison.OrdinalIgnoreCase) == true)
        && !(snapshot.Time.UnixMilliseconds / 1000 < SinceSeconds) && !(snapshot.Time.UnixMilliseconds / 1000 > UntilSeconds);
}

/// <summary>A snapshot that is listed.</summary>
/// <param name="Path">What the path that was asked about was called in it, where that may differ.</param>
/// <param name="Follows">The listed snapshots that it follows, where asked for.</param>
internal sealed record LogItem(SnapshotId Id, SnapshotObject Snapshot, TreePath? Path, IReadOnlyList<SnapshotId>? Follows);

/// <summary>Lists history, the newest first.</summary>
internal sealed class LogQuery(OpenCopy copy, HistoryIndex index, LogFilter filter)
{
    /// <summary>Lists history: without the index where it does not know the snapshot yet and nothing is asked that needs it.</summary>
    public static async Task<IAsyncEnumerable<LogItem>> OfAsync(OpenCopy copy, SnapshotId from, LogFilter filter, IProgress<ProgressInfo> progress, CancellationToken cancellationToken)
    {
        var history = StoreHistory.Of(copy.Store);
        var index = filter.IsPlain ? await history.IfKnownAsync(from, cancellationToken) : await history.ReachAsync([from], progress, cancellationToken);
        return index is null ? RecentAsync(copy, from, filter, cancellationToken) : new LogQuery(copy, index, filter).RunAsync(from, cancellationToken);
    }

    private static async IAsyncEnumerable<LogItem> RecentAsync(OpenCopy copy, SnapshotId from, LogFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (id, snapshot) in RecentWalk.FromAsync(copy.Graph, from, cancellationToken))
        {
            if (filter.Takes(snapshot))
            {
                yield return new LogItem(id, snapshot, null, null);
            }
        }
    }

    private readonly DirectoryCache _directories = new(copy.Graph);

    /// <summary>Lists from a snapshot on.</summary>
    public IAsyncEnumerable<LogItem> RunAsync(SnapshotId from, CancellationToken cancellationToken)
    {
        var head = index.Find(from);
        return filter.Joined ? JoinedAsync(head, cancellationToken) : PlainAsync(head, cancellationToken);
    }

    private async IAsyncEnumerable<LogItem> PlainAsync(int head, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in StepsAsync(head, cancellationToken))
        {
            // No ancestor is later in this order than its descendants, and none is younger than its place in it.
            if (filter.SinceSeconds is { } since && index.OrderOf(step.Number) < since)
            {
                yield break;
            }

            if (step.IsShown && await MatchAsync(step.Number, cancellationToken) is { } snapshot)
            {
                yield return new LogItem(index.IdOf(step.Number), snapshot, filter.Follow ? step.Path : null, null);
            }
        }
    }

    /// <summary>A graph joins each snapshot with the nearest listed ones below it, so all has to be walked before the first is told.</summary>
    private async IAsyncEnumerable<LogItem> JoinedAsync(int head, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var steps = new List<PathStep>();
        var shown = new Dictionary<int, SnapshotObject>();
        await foreach (var step in StepsAsync(head, cancellationToken))
        {
            steps.Add(step);
            if (step.IsShown && await MatchAsync(step.Number, cancellationToken) is { } snapshot)
            {
                shown[step.Number] = snapshot;
            }
        }

        var below = NearestShown(steps, shown);
        foreach (var step in steps)
        {
            if (shown.TryGetValue(step.Number, out var snapshot))
            {
                SnapshotId[] follows = [.. step.Parents.SelectMany(parent => below[parent]).Distinct().Select(index.IdOf)];
                yield return new LogItem(index.IdOf(step.Number), snapshot, filter.Follow ? step.Path : null, follows);
            }
        }
    }

    /// <summary>Gives for each walked snapshot itself where it is listed, else the nearest listed ones below it.</summary>
    private static Dictionary<int, int[]> NearestShown(List<PathStep> steps, Dictionary<int, SnapshotObject> shown)
    {
        // A column of a graph for each of more would tell nobody anything.
        const int most = 8;
        var below = new Dictionary<int, int[]>(steps.Count);
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            below[steps[i].Number] = shown.ContainsKey(steps[i].Number)
                ? [steps[i].Number]
                : [.. steps[i].Parents.SelectMany(parent => below[parent]).Distinct().Take(most)];
        }

        return below;
    }

    private async IAsyncEnumerable<PathStep> StepsAsync(int head, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!filter.Path.IsRoot)
        {
            var origins = new FileOrigins(index, _directories, new StoredSides(copy).ReadAsync, RenameLimits.ForDiff with { MinimumPercent = (int)copy.Config.Current.Number("diff.rename_similarity") });
            var history = new PathHistory(index, _directories, filter.Path) { Origin = filter.Follow ? origins.FindAsync : null };
            await foreach (var step in history.WalkAsync([head], cancellationToken))
            {
                yield return step;
            }

            yield break;
        }

        foreach (var number in HistoryWalk.AllFrom(index, head))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var parents = new List<int>();
            index.AddParentsOf(number, parents);
            yield return new PathStep(number, TreePath.Root, true, parents);
        }
    }

    private async ValueTask<SnapshotObject?> MatchAsync(int number, CancellationToken cancellationToken)
    {
        var seconds = index.SecondsOf(number);
        if (seconds < filter.SinceSeconds || seconds > filter.UntilSeconds || (filter.Classes.Count > 0 && !await ChangedClassAsync(number, cancellationToken)))
        {
            return null;
        }

        var snapshot = await copy.Graph.ReadSnapshotAsync(index.IdOf(number), cancellationToken);
        return filter.Takes(snapshot) ? snapshot : null;
    }

    private async ValueTask<bool> ChangedClassAsync(int number, CancellationToken cancellationToken)
    {
        if (index.HasFilter(number))
        {
            return filter.Classes.Any(wanted => (index.ClassesOf(number) & HistoryIndexBuild.BitOf(wanted)) != 0);
        }

        var parent = index.FirstParentOf(number);
        var changed = await _directories.ChangedPathsAsync(parent == HistoryIndex.None ? null : index.RootOf(parent), index.RootOf(number), cancellationToken);
        return changed.Exists(path => filter.Classes.Contains(ChangeClassifier.Default.Classify(path.Bytes)));
    }
}

/// <summary>Reads candidates of renames from a copy's store.</summary>
internal sealed class StoredSides(OpenCopy copy)
{
    /// <summary>Larger files are not compared.</summary>
    public const long MaxTextBytes = 64 * 1024 * 1024;

    /// <summary>Reads one; null where it is too large.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(RenameSide side, CancellationToken cancellationToken) => ReadAsync(side.Entry.Hash, cancellationToken);

    /// <inheritdoc cref="ReadAsync(RenameSide, CancellationToken)"/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash content, CancellationToken cancellationToken) =>
        // What is one object needs no stream and no second buffer; walks read thousands of versions.
        await copy.Store.TryReadAsync(content, cancellationToken) is { Kind: ObjectKind.Content } whole
            ? whole.Bytes
            : await copy.Store.ReadAsync(content, MaxTextBytes, cancellationToken);
}
