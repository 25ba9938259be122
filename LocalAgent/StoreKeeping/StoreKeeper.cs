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
    private static readonly TimeSpan CompactEvery = TimeSpan.FromHours(24);

    private DateTimeOffset _collected = time.GetUtcNow();
    private DateTimeOffset _compacted = time.GetUtcNow();
    private ulong _sequence;

    /// <summary>The table of what was done for a store, kept so that a restart does not forget it.</summary>
    private const string Table = "upkeep";

    private const string CollectedKey = "collected";

    /// <summary>Tells when a store was collected last, by the agent itself or by a command; null before the first time.</summary>
    public static DateTimeOffset? LastCollectionOf(ObjectStore store) =>
        store.Get(Table, CollectedKey) is { } value && DateTimeOffset.TryParse(System.Text.Encoding.ASCII.GetString(value.Span), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind, out var at)
            ? at
            : null;

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

    /// <summary>Collects now and then, and makes one pack of all once a day while nobody works on the store.</summary>
    public async Task<Result<Done>> MaintainAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _collected >= CollectEvery)
        {
            _collected = now;
            var collected = await CollectAsync(dryRun: false, cancellationToken);
            if (!collected.IsOk)
            {
                return collected.Error;
            }
        }

        var isQuiet = store.Sequence == _sequence;
        _sequence = store.Sequence;
        if (isQuiet && now - _compacted >= CompactEvery)
        {
            _compacted = now;
            await store.PackAsync(closeActive: true, cancellationToken);
            await store.CompactAsync(cancellationToken);
        }

        return default(Done);
    }

    /// <summary>Does all of it at once, whatever was done when.</summary>
    public async Task<Result<CollectionReport>> CollectAndCompactAsync(CancellationToken cancellationToken)
    {
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
