using System.Collections.Immutable;
using W0rktree.Core.Classification;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History.Index;

/// <summary>Brings an index up to date from the snapshots themselves.</summary>
public sealed class HistoryIndexBuild(ObjectGraph objects)
{
    /// <summary>Gives an index that knows some heads and all their ancestors; the same one where it knows them already.</summary>
    /// <param name="index">What is known.</param>
    /// <param name="heads">The snapshots asked about. One that is not there is left out.</param>
    /// <param name="progress">Hears how many snapshots were read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<HistoryIndex> ReachAsync(HistoryIndex index, IReadOnlyCollection<SnapshotId> heads, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var unknown = heads.Where(head => index.Find(head) == HistoryIndex.None).ToList();
        if (unknown.Count == 0)
        {
            return index;
        }

        var found = await UnknownAsync(index, unknown, progress, cancellationToken);
        if (found.Count == 0)
        {
            return index;
        }

        var writer = new HistoryIndexWriter().Take(index);
        foreach (var snapshot in found)
        {
            var parents = snapshot.Parents.Where(writer.Contains).ToImmutableArray();
            writer.Add(snapshot with { Parents = parents, LacksParents = parents.Length < snapshot.Parents.Length }, null);
        }

        return writer.ToIndex();
    }

    /// <summary>Gives the index, or an empty one where a parent that was lacking is there now: all that descends from it has to be looked at again.</summary>
    public async ValueTask<HistoryIndex> WithoutHealedAsync(HistoryIndex index, CancellationToken cancellationToken)
    {
        for (var number = 0; number < index.Count; number++)
        {
            if (!index.LacksParents(number) || await objects.TryReadSnapshotAsync(index.IdOf(number), cancellationToken) is not { } snapshot)
            {
                continue;
            }

            foreach (var parent in snapshot.Parents)
            {
                if (index.Find(parent) == HistoryIndex.None && await objects.TryReadSnapshotAsync(parent, cancellationToken) is not null)
                {
                    return HistoryIndex.Empty;
                }
            }
        }

        return index;
    }

    /// <summary>Gives the index with the filters that were lacking.</summary>
    /// <param name="index">The index.</param>
    /// <param name="most">The most filters to compute, so that the work can be done in portions.</param>
    /// <param name="progress">Hears how many were computed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<HistoryIndex> FillAsync(HistoryIndex index, int most, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (index.LackingFilters == 0)
        {
            return index;
        }

        var directories = new DirectoryCache(objects);
        var computed = new Dictionary<int, ChangedPathsRow>();
        for (var number = 0; number < index.Count && computed.Count < most; number++)
        {
            // The first parent of a snapshot that lacks parents may be the one that is lacking.
            if (!index.HasFilter(number) && !index.LacksParents(number))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var parent = index.FirstParentOf(number);
                var changed = await directories.ChangedPathsAsync(parent == HistoryIndex.None ? null : index.RootOf(parent), index.RootOf(number), cancellationToken);
                byte classes = 0;
                foreach (var path in changed)
                {
                    classes |= BitOf(ChangeClassifier.Default.Classify(path.Bytes));
                }

                computed[number] = new ChangedPathsRow(PathFilter.Build(changed), classes);
                progress?.Report(computed.Count);
            }
        }

        var writer = new HistoryIndexWriter();
        var parents = new List<int>();
        for (var number = 0; number < index.Count; number++)
        {
            parents.Clear();
            index.AddParentsOf(number, parents);
            ChangedPathsRow? row = computed.TryGetValue(number, out var made) ? made
                : index.HasFilter(number) ? new ChangedPathsRow(index.FilterOf(number).ToArray(), index.ClassesOf(number)) : null;
            writer.Add(new IndexedSnapshot(index.IdOf(number), index.RootOf(number), [.. parents.Select(index.IdOf)], index.SecondsOf(number), index.LacksParents(number)), row);
        }

        return writer.ToIndex();
    }

    /// <summary>Gives the bit of a class in <see cref="HistoryIndex.ClassesOf"/>.</summary>
    public static byte BitOf(ChangeClass changeClass) => (byte)(1 << (int)changeClass);

    /// <summary>Reads what the index lacks, parents before children.</summary>
    private async ValueTask<List<IndexedSnapshot>> UnknownAsync(HistoryIndex index, List<SnapshotId> heads, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var order = new List<IndexedSnapshot>();
        var seen = new HashSet<SnapshotId>();
        var stack = new Stack<(SnapshotId Id, IndexedSnapshot? Read)>(heads.Select(head => (head, (IndexedSnapshot?)null)));
        while (stack.TryPop(out var top))
        {
            if (top.Read is { } read)
            {
                order.Add(read);
                continue;
            }

            if (!seen.Add(top.Id) || index.Find(top.Id) != HistoryIndex.None || await objects.TryReadSnapshotAsync(top.Id, cancellationToken) is not { } snapshot)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(seen.Count);
            stack.Push((top.Id, IndexedSnapshot.Of(top.Id, snapshot)));
            for (var i = snapshot.Parents.Length - 1; i >= 0; i--)
            {
                stack.Push((snapshot.Parents[i], null));
            }
        }

        return order;
    }
}
