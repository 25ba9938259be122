using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.History;
using W0rktree.Storage;
using W0rktree.Storage.Collection;

namespace W0rktree.LocalAgent.StoreKeeping;

/// <summary>Looks after one store. Not thread safe; what it asks the store to do runs beside everybody else's work.</summary>
internal sealed class StoreKeeper(ObjectStore store, TimeProvider time, Func<Settings> settings)
{
    // Marking reads every directory of the history; what is garbage waits for a day anyhow.
    private static readonly TimeSpan CollectEvery = TimeSpan.FromHours(6);

    /// <summary>For how long nothing was committed when a store counts as left alone.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(5);

    // Making one pack goes through all of history, whatever is new. A sixteenth of it new is worth that at once, less once a day.
    private const int WorthCompacting = 16;
    private static readonly TimeSpan CompactEvery = TimeSpan.FromHours(24);
    private static readonly TimeSpan LookWhileCompacting = TimeSpan.FromSeconds(1);

    private DateTimeOffset _collected = time.GetUtcNow();
    private DateTimeOffset _compacted = time.GetUtcNow();
    private DateTimeOffset _quietSince = time.GetUtcNow();
    private ulong _sequence = store.Sequence;

    /// <summary>The table of what was done for a store, kept so that a restart does not forget it.</summary>
    private const string Table = "upkeep";

    private const string CollectedKey = "collected";

    /// <summary>Tells when a store was collected last, by the agent itself or by a command; null before the first time.</summary>
    public static DateTimeOffset? LastCollectionOf(ObjectStore store) =>
        store.Get(Table, CollectedKey) is { } value && DateTimeOffset.TryParse(System.Text.Encoding.ASCII.GetString(value.Span), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind, out var at)
            ? at
            : null;

    /// <summary>How many entries of the reflog went.</summary>
    public long ReflogPruned { get; private set; }

    /// <summary>Packs what gathered in the journal once it is worth it, and keeps the number of packs small.</summary>
    public async Task PackAsync(CancellationToken cancellationToken)
    {
        if (store.UnpackedObjects >= settings().PackThreshold)
        {
            await store.PackAsync(closeActive: true, cancellationToken);
            await store.MergePacksAsync(cancellationToken);
        }
    }

    /// <summary>Brings the history index up to what is new, once it is worth it.</summary>
    public Task IndexAsync(CancellationToken cancellationToken) => StoreHistory.Of(store).KeepAsync(cancellationToken);

    /// <summary>
    /// Makes one pack of all, as small as can be, once nobody has worked on the store for a while and it is worth it; gives up as
    /// soon as somebody does. Asked often: it counts the time since the last commit itself.
    /// </summary>
    public async Task CompactWhenIdleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (store.Sequence != _sequence)
        {
            (_sequence, _quietSince) = (store.Sequence, now);
        }

        var isDue = store.LooseBytes * WorthCompacting >= store.CompactedBytes || now - _compacted >= CompactEvery;
        if (store.LooseBytes == 0 || now - _quietSince < IdleAfter || !isDue)
        {
            return;
        }

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = CompactAsync(giveUp.Token);
        while (!work.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAny(work, Task.Delay(LookWhileCompacting, time, cancellationToken));
            if (store.Sequence != _sequence)
            {
                await giveUp.CancelAsync();
            }
        }

        try
        {
            await work;
            (_compacted, _sequence) = (time.GetUtcNow(), store.Sequence);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody works again; the packs are as they were.
        }
    }

    /// <summary>Collects now and then.</summary>
    public async Task<Result<Done>> MaintainAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _collected < CollectEvery)
        {
            return default(Done);
        }

        _collected = now;
        await PruneReflogAsync(cancellationToken);
        var collected = await CollectAsync(dryRun: false, cancellationToken);
        return collected.Map(_ => default(Done));
    }

    /// <summary>Does all of it at once, whatever was done when.</summary>
    public async Task<Result<CollectionReport>> CollectAndCompactAsync(CancellationToken cancellationToken)
    {
        await PruneReflogAsync(cancellationToken);
        await store.PackAsync(closeActive: true, cancellationToken);
        var report = await CollectAsync(dryRun: false, cancellationToken);
        if (report.IsOk)
        {
            await store.CompactAsync(cancellationToken);
        }

        return report;
    }

    /// <summary>Removes what nothing refers to, with the rows that are about what went.</summary>
    public async Task<Result<CollectionReport>> CollectAsync(bool dryRun, CancellationToken cancellationToken)
    {
        StoreRoots roots = new(store, time, settings().ReflogRetention);
        var report = await store.CollectAsync(new CollectionRequest { Roots = roots.List, Grace = settings().GracePeriod, DryRun = dryRun }, cancellationToken);
        if (report.IsOk && !dryRun)
        {
            await ForgetAsync(report.Value.RemovedSnapshots, cancellationToken);
        }

        return report;
    }

    /// <summary>Cuts off what the reflog has beyond its retention. A damaged entry stops it, and the collection names it.</summary>
    public async Task PruneReflogAsync(CancellationToken cancellationToken)
    {
        try
        {
            var last = ReflogRetention.LastExpired(store.Reflog, time.GetUtcNow() - settings().ReflogRetention);
            if (last > store.Reflog.Pruned.Sequence)
            {
                ReflogPruned += (long)(await store.PruneReflogAsync(last, cancellationToken)).Entries;
            }
        }
        catch (InvalidDataException)
        {
            // Its roots cannot be listed either; that is said where it is asked for.
        }
    }

    private async Task CompactAsync(CancellationToken cancellationToken)
    {
        await store.PackAsync(closeActive: true, cancellationToken);
        await store.CompactAsync(cancellationToken);

        // Planning held an entry for every object of the history. Nobody waits for anything now, so what it took goes back.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private async Task ForgetAsync(IReadOnlyList<ContentHash> snapshots, CancellationToken cancellationToken)
    {
        await using var transaction = store.Begin();
        transaction.Put(Table, CollectedKey, System.Text.Encoding.ASCII.GetBytes(time.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var id in snapshots.Where(id => !store.Holds(id)))
        {
            transaction.Delete(StoreRefs.SummariesTable, id.ToString());
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
