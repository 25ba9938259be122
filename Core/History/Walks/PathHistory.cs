using System.Runtime.CompilerServices;
using W0rktree.Core.History.Index;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.History.Walks;

/// <summary>A snapshot of a path's history.</summary>
/// <param name="Number">Its number in the index.</param>
/// <param name="Path">The path as it was called in that snapshot.</param>
/// <param name="IsShown">Whether it changed the path against every parent. Others are only passed on the way.</param>
/// <param name="Parents">Where the walk goes on: all parents, or the one that has the same.</param>
public sealed record PathStep(int Number, TreePath Path, bool IsShown, IReadOnlyList<int> Parents);

/// <summary>
/// Walks the history of one path, newest first. Where a snapshot has the same there as a parent, only that parent is followed, as
/// in <c>git log PATH</c>: a side that changed nothing in the end tells nothing.
/// </summary>
/// <remarks>The path is not the root: that every snapshot changes. The index's filters answer for nearly every snapshot, so that directories are read only where the path changed.</remarks>
public sealed class PathHistory(HistoryIndex index, DirectoryCache directories, TreePath path)
{
    private readonly Dictionary<int, Standing> _standing = [];

    /// <summary>Gets what tells where a file came from at the snapshot that added it; null follows no renames.</summary>
    public Func<int, TreePath, CancellationToken, ValueTask<TreePath?>>? Origin { get; init; }

    /// <summary>Walks from some snapshots.</summary>
    public async IAsyncEnumerable<PathStep> WalkAsync(IEnumerable<int> heads, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var walk = new HistoryWalk(index);
        foreach (var head in heads)
        {
            _standing[head] = await LookAsync(head, Question.Of(path), cancellationToken);
            walk.Start(head);
        }

        var parents = new List<int>();
        while (walk.TryNext(out var number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_standing.Remove(number, out var here))
            {
                continue;
            }

            parents.Clear();
            index.AddParentsOf(number, parents);
            var step = await StepAsync(number, here, parents, cancellationToken);
            foreach (var parent in step.Parents)
            {
                walk.Follow(parent);
            }

            yield return step;
        }
    }

    private async ValueTask<PathStep> StepAsync(int number, Standing here, List<int> parents, CancellationToken cancellationToken)
    {
        if (parents.Count == 0)
        {
            return new(number, here.Question.Path, here.Entry is not null, []);
        }

        if (!index.MayChange(number, here.Question.Key))
        {
            _standing.TryAdd(parents[0], here);
            return new(number, here.Question.Path, false, [parents[0]]);
        }

        var before = new Standing[parents.Count];
        for (var i = 0; i < parents.Count; i++)
        {
            before[i] = await LookAsync(parents[i], here.Question, cancellationToken);
            if (before[i].IsSameAs(here))
            {
                _standing.TryAdd(parents[i], before[i]);
                return new(number, here.Question.Path, false, [parents[i]]);
            }
        }

        if (Origin is not null && here.Entry is not null && before.All(parent => parent.Entry is null)
            && await Origin(number, here.Question.Path, cancellationToken) is { } source)
        {
            for (var i = 0; i < parents.Count; i++)
            {
                before[i] = await LookAsync(parents[i], Question.Of(source), cancellationToken);
            }
        }

        for (var i = 0; i < parents.Count; i++)
        {
            _standing.TryAdd(parents[i], before[i]);
        }

        return new(number, here.Question.Path, true, [.. parents]);
    }

    private async ValueTask<Standing> LookAsync(int number, Question question, CancellationToken cancellationToken) =>
        new(question, await directories.FindAsync(index.RootOf(number), question.Names, cancellationToken));

    private sealed record Question(TreePath Path, PathKey Key, IReadOnlyList<EntryName> Names)
    {
        public static Question Of(TreePath path) => new(path, PathKey.Of(path), path.Names());
    }

    private sealed record Standing(Question Question, DirectoryEntry? Entry)
    {
        public bool IsSameAs(Standing other) => Entry is null ? other.Entry is null : Entry.SameTarget(other.Entry);
    }
}
