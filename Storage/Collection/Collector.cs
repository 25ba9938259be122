using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Packs;
using W0rktree.Storage.Transactions;

namespace W0rktree.Storage.Collection;

/// <summary>
/// Removes from the packs what nothing has referred to for longer than the grace period. What is in the journal is young and
/// stays. It may be ended at any point: packs are exchanged one at a time, whole.
/// </summary>
/// <remarks>
/// A writer may be told that an object is there, skip it, and commit a reference to it while a collection runs. So what is to go
/// is denied first, between two commits, and only when nobody has relied on anything since it was last found unreachable.
/// </remarks>
internal sealed class Collector(StoreParts parts, CommitLoop loop, ObjectStore store)
{
    // A store on which something is committed without pause is collected another time.
    private const int Attempts = 16;
    private GarbageLedger Ledger => parts.Catalog.Garbage;

    public async Task<Result<CollectionReport>> RunAsync(CollectionRequest request, CancellationToken cancellationToken)
    {
        Reachability reached = new(store, KindOf);
        var marked = await MarkAsync(request, reached, cancellationToken);
        if (!marked.IsOk)
        {
            return marked.Error;
        }

        await TellAsync(request, "marked");
        var garbage = Unreached(reached.Marked);
        if (!request.DryRun)
        {
            Ledger.Update(garbage.Keys);
            await TellAsync(request, "noted");
        }

        var expired = request.DryRun ? WouldExpire(garbage, request.Grace) : Ledger.Expired(request.Grace);
        Sweep sweep = new(0, 0, new HashSet<ContentHash>());
        if (!request.DryRun && expired.Count > 0)
        {
            var swept = await SweepAsync(request, reached, expired, cancellationToken);
            if (!swept.IsOk)
            {
                return swept.Error;
            }

            sweep = swept.Value;
            expired = [.. sweep.Removed];
        }

        return Report(marked.Value, reached, garbage, expired, request, sweep);
    }

    private async Task<Result<IReadOnlyList<GarbageRoot>>> MarkAsync(CollectionRequest request, Reachability reached, CancellationToken cancellationToken)
    {
        var roots = request.Roots();
        if (!roots.IsOk)
        {
            return roots.Error;
        }

        if (roots.Value.All(root => root.Kind != GarbageRootKind.Reference) && parts.Catalog.Count > 0)
        {
            return new Error("gc_no_roots", "Nothing is removed: the store has objects, but no reference names any of them.", "'wt reflog' shows where the references stood; 'wt doctor' checks the store.");
        }

        IReadOnlyList<GarbageRoot> all = [.. roots.Value, .. Ledger.InUse(request.Grace)];
        var done = await reached.MarkAsync(all, cancellationToken);
        return done.Map(_ => all);
    }

    private async Task<Result<Sweep>> SweepAsync(CollectionRequest request, Reachability reached, HashSet<ContentHash> expired, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var (sequence, version) = (loop.Committed.Sequence, Ledger.Version);
                var marked = await MarkAsync(request, reached, cancellationToken);
                if (!marked.IsOk)
                {
                    return marked.Error;
                }

                expired.ExceptWith(reached.Marked);
                await TellAsync(request, "checked");
                var isCondemned = false;
                await loop.RunStepAsync(() => isCondemned = loop.Committed.Sequence == sequence && Ledger.TryCondemn(expired, version), cancellationToken);
                if (isCondemned)
                {
                    await TellAsync(request, "condemned");
                    return await RemoveAsync(request, expired, cancellationToken);
                }
            }

            return new Error("gc_busy", "Nothing is removed: the store was written to all the time.", "Try again later.");
        }
        finally
        {
            Ledger.Release();
        }
    }

    private async Task<Result<Sweep>> RemoveAsync(CollectionRequest request, HashSet<ContentHash> condemned, CancellationToken cancellationToken)
    {
        List<ContentHash> snapshots = [];
        HashSet<ContentHash> removed = [];
        long freed = 0;
        var packs = 0;
        foreach (var pack in parts.Packs.All.ToArray())
        {
            var going = pack.Index.All().Where(entry => condemned.Contains(entry.Id)).ToArray();
            if (going.Length == 0)
            {
                continue;
            }

            var before = pack.Length;
            var merged = await new PackMerge(parts, loop).RewriteAsync([pack], condemned, pack.Header.Effort, cancellationToken);
            if (merged.Merged == 0)
            {
                return new Error("gc_root_unreadable", $"'{pack.Path}' is damaged and stays as it is. {merged.Damage[0].What}", "'wt doctor' says what is damaged.");
            }

            freed += before - merged.PackBytes;
            packs++;
            removed.UnionWith(going.Select(entry => entry.Id));
            snapshots.AddRange(going.Where(entry => entry.Place.Kind == ObjectKind.Snapshot).Select(entry => entry.Id));
            await TellAsync(request, "rewritten");
        }

        return new Sweep(freed, packs, removed) { Snapshots = snapshots };
    }

    // Kinds without relying on anything: a collection must not be what keeps its own garbage.
    private ObjectKind? KindOf(ContentHash id) =>
        parts.Catalog.Journal.TryGet(id, out var location) ? location.Kind
        : parts.Packs.TryFind(id, out _, out var place) ? place.Kind
        : null;

    private Dictionary<ContentHash, long> Unreached(IReadOnlySet<ContentHash> reached)
    {
        Dictionary<ContentHash, long> found = [];
        foreach (var pack in parts.Packs.All)
        {
            foreach (var (id, place) in pack.Index.All().Where(entry => !reached.Contains(entry.Id)))
            {
                found[id] = found.GetValueOrDefault(id) + BytesOf(pack, place);
            }
        }

        return found;
    }

    private static long BytesOf(PackFile pack, PackPlace place) =>
        place.EntryBytes > 0 ? place.EntryBytes : pack.ReadEntry(place.Offset, 0)?.TotalBytes ?? 0;

    private HashSet<ContentHash> WouldExpire(Dictionary<ContentHash, long> garbage, TimeSpan grace)
    {
        var limit = parts.Options.Clock.GetUtcNow() - grace;
        return [.. garbage.Keys.Where(id => (Ledger.SinceOf(id) ?? parts.Options.Clock.GetUtcNow()) <= limit)];
    }

    private CollectionReport Report(
        IReadOnlyList<GarbageRoot> roots, Reachability reached, Dictionary<ContentHash, long> garbage, HashSet<ContentHash> expired, CollectionRequest request, Sweep sweep)
    {
        var waiting = garbage.Where(entry => !expired.Contains(entry.Key)).ToArray();
        var now = parts.Options.Clock.GetUtcNow();
        return new CollectionReport(
            roots.CountBy(root => root.Kind).ToDictionary(),
            reached.Marked.Count,
            new GarbageFigures(waiting.Length, waiting.Sum(entry => entry.Value)),
            new GarbageFigures(expired.Count, expired.Sum(garbage.GetValueOrDefault)),
            sweep.BytesFreed,
            sweep.Packs,
            sweep.Snapshots,
            waiting.Length == 0 ? null : waiting.Min(entry => Ledger.SinceOf(entry.Key) ?? now) + request.Grace);
    }

    private static Task TellAsync(CollectionRequest request, string step) => request.Step?.Invoke(step) ?? Task.CompletedTask;

    private sealed record Sweep(long BytesFreed, int Packs, IReadOnlySet<ContentHash> Removed)
    {
        public IReadOnlyList<ContentHash> Snapshots { get; init; } = [];
    }
}
