using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.History;

/// <summary>
/// Turns a working line into the history that a push offers: each run of automatic snapshots is folded into the next one
/// that somebody meant, or into a new one at the end. Nothing is rewritten that the server has.
/// </summary>
/// <remarks>
/// A snapshot that holds conflicts is folded too, since no branch may point at one; the snapshot that resolves it takes
/// over its parents, so that a merge stays a merge. So is one that must not leave as it is (<see cref="IPushWords.MustFold"/>); an
/// imported one never, since its id says what it is a copy of.
/// </remarks>
public static class PushFolding
{
    /// <summary>Plans a push. Gives null where the line has nothing that the server lacks.</summary>
    /// <param name="objects">The local store.</param>
    /// <param name="tip">The tip of the working line.</param>
    /// <param name="isKnown">Tells whether the server's history of this tree has a snapshot; asked for each once.</param>
    /// <param name="keepAll">Promotes every snapshot as it is.</param>
    /// <param name="words">Gives the message of a new last snapshot.</param>
    public static async ValueTask<Result<PushPlan?>> PlanAsync(
        ObjectGraph objects, SnapshotId tip, Func<SnapshotId, bool> isKnown, bool keepAll, IPushWords words, CancellationToken cancellationToken)
    {
        var line = await UnknownAsync(objects, tip, isKnown, cancellationToken);
        if (line.Count == 0)
        {
            return (PushPlan?)null;
        }

        var last = line[^1].Snapshot;
        if (last.HasConflicts)
        {
            return new Error("conflicted", $"The line's tip {tip.ToShortString()} holds {last.Conflicts.Length} unresolved conflicts and cannot be pushed.", "Edit the conflicted files (wt status lists them), then run 'wt snapshot'.");
        }

        if (keepAll)
        {
            return line.Find(item => item.Snapshot.HasConflicts) is { Snapshot: not null } held
                ? new Error("conflicted", $"Snapshot {held.Id.ToShortString()} of the line holds conflicts and cannot be pushed by itself.", "Push without --keep-all: it is then folded into the snapshot that resolves it.")
                : new PushPlan(tip, [], line.Count, 0);
        }

        return await FoldAsync(objects, line, words, cancellationToken);
    }

    private static async ValueTask<PushPlan?> FoldAsync(ObjectGraph objects, List<LineItem> line, IPushWords words, CancellationToken cancellationToken)
    {
        // What stands for a snapshot of the line in the pushed history: itself, its replacement, or what it was folded onto.
        var standsFor = new Dictionary<SnapshotId, ImmutableArray<SnapshotId>>();
        var created = ImmutableArray.CreateBuilder<SnapshotObject>();
        var pushed = 0;
        foreach (var (id, snapshot) in line)
        {
            var parents = MapParents(snapshot, standsFor);
            var isLast = id == line[^1].Id;
            if (IsFolded(id, snapshot, words) && !isLast)
            {
                standsFor[id] = parents;
                continue;
            }

            if (isLast && IsFolded(id, snapshot, words))
            {
                var baseRoot = parents.IsEmpty ? (ContentHash?)null : await RootAsync(objects, created, parents[0], cancellationToken);
                if (parents.Length == 1 && baseRoot == snapshot.Root)
                {
                    // The line came back to where it started: there is nothing to say.
                    return pushed == 0 ? null : new PushPlan(parents[0], created.ToImmutable(), pushed, line.Count - pushed);
                }

                var message = await words.DescribeAsync(baseRoot, snapshot.Root, cancellationToken);
                Add(id, snapshot with
                {
                    Kind = parents.Length > 1 ? SnapshotKind.Merge : SnapshotKind.Manual,
                    Parents = parents,
                    Message = Withholdable.Open(message, words.DrawSalt().Span),
                });
                continue;
            }

            Add(id, parents.SequenceEqual(snapshot.Parents)
                ? snapshot
                : snapshot with { Parents = parents, Kind = parents.Length > 1 && snapshot.Kind == SnapshotKind.Manual ? SnapshotKind.Merge : snapshot.Kind });
        }

        return new PushPlan(standsFor[line[^1].Id][0], created.ToImmutable(), pushed, line.Count - pushed);

        void Add(SnapshotId original, SnapshotObject result)
        {
            var id = result.Id;
            standsFor[original] = [id];
            pushed++;
            if (id != original)
            {
                created.Add(result);
            }
        }
    }

    private static bool IsFolded(SnapshotId id, SnapshotObject snapshot, IPushWords words) =>
        snapshot.Kind.IsFoldable || snapshot.HasConflicts || (snapshot.Kind != SnapshotKind.Import && words.MustFold(id));

    private static ImmutableArray<SnapshotId> MapParents(SnapshotObject snapshot, Dictionary<SnapshotId, ImmutableArray<SnapshotId>> standsFor)
    {
        var parents = new List<SnapshotId>();
        foreach (var parent in snapshot.Parents)
        {
            foreach (var mapped in standsFor.TryGetValue(parent, out var found) ? found : [parent])
            {
                if (!parents.Contains(mapped))
                {
                    parents.Add(mapped);
                }
            }
        }

        return [.. parents];
    }

    private static async ValueTask<ContentHash> RootAsync(ObjectGraph objects, IEnumerable<SnapshotObject> created, SnapshotId id, CancellationToken cancellationToken) =>
        created.FirstOrDefault(snapshot => snapshot.Id == id)?.Root ?? (await objects.ReadSnapshotAsync(id, cancellationToken)).Root;

    /// <summary>Lists what the server lacks, ancestors first, the tip last.</summary>
    private static async ValueTask<List<LineItem>> UnknownAsync(ObjectGraph objects, SnapshotId tip, Func<SnapshotId, bool> isKnown, CancellationToken cancellationToken)
    {
        var order = new List<LineItem>();
        var seen = new HashSet<SnapshotId>();
        var stack = new Stack<(SnapshotId Id, SnapshotObject? Expanded)>([(tip, null)]);
        while (stack.TryPop(out var top))
        {
            if (top.Expanded is { } expanded)
            {
                order.Add(new LineItem(top.Id, expanded));
                continue;
            }

            if (!seen.Add(top.Id) || isKnown(top.Id))
            {
                continue;
            }

            var snapshot = await objects.ReadSnapshotAsync(top.Id, cancellationToken);
            stack.Push((top.Id, snapshot));
            for (var i = snapshot.Parents.Length - 1; i >= 0; i--)
            {
                stack.Push((snapshot.Parents[i], null));
            }
        }

        return order;
    }

    private readonly record struct LineItem(SnapshotId Id, SnapshotObject Snapshot);
}
