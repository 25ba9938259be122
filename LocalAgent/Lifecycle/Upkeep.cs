using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.StoreKeeping;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>The loops that look after the others: configuration, health, maintenance.</summary>
internal sealed class Upkeep(Agent agent, AgentParts parts) : IDisposable
{
    private static readonly TimeSpan s_configInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _maintaining = new(1, 1);

    // Often enough that a flood of snapshots does not gather for long; looking costs nothing.
    private static readonly TimeSpan s_packInterval = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_memoryInterval = TimeSpan.FromSeconds(5);

    // Below the first, an agent between two looks did nothing but answer; above the second, a collection has something to find.
    private const long IdleBytes = 2L << 20;
    private const long WorthCollectingBytes = 16L << 20;

    private readonly Dictionary<ObjectStore, StoreKeeper> _keepers = [];
    private long _allocated;
    private long _allocatedAtCollection;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        LoopAsync("configuration", _ => s_configInterval, _ => ReloadAsync(), cancellationToken),
        LoopAsync("health", settings => settings.HealthInterval, CheckHealthAsync, cancellationToken),
        LoopAsync("packing", _ => s_packInterval, PackAsync, cancellationToken),
        LoopAsync("memory", _ => s_memoryInterval, _ => GiveMemoryBackAsync(), cancellationToken),
        LoopAsync("maintenance", settings => settings.MaintenanceInterval, MaintainAsync, cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => _maintaining.Dispose();

    private async Task CheckHealthAsync(CancellationToken cancellationToken)
    {
        await agent.Copies.CloseDeletedAsync(cancellationToken);
        foreach (var pipeline in agent.Copies.Open.Where(pipeline => pipeline.Copy.Ready.Task.IsCompletedSuccessfully))
        {
            await new HealthCheck(pipeline).RunAsync(cancellationToken);
        }
    }

    /// <summary>After a burst of work, once it is over, gives back what it took: an agent sits in memory all day.</summary>
    private Task GiveMemoryBackAsync()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var isIdle = allocated - _allocated < IdleBytes;
        _allocated = allocated;
        if (isIdle && allocated - _allocatedAtCollection >= WorthCollectingBytes)
        {
            _allocatedAtCollection = allocated;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return Task.CompletedTask;
    }

    private Task ReloadAsync()
    {
        agent.Config.Reload();
        return Task.CompletedTask;
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        await _maintaining.WaitAsync(cancellationToken);
        try
        {
            foreach (var pipeline in agent.Copies.Open.Where(pipeline => pipeline.Copy.Ready.Task.IsCompletedSuccessfully))
            {
                await new BranchBook(pipeline.Copy).ForgetOldAsync(cancellationToken);
                using var turn = await pipeline.Copy.Turns.TakeAsync(cancellationToken);
                await CopyStart.SaveIndexAsync(pipeline.Copy, parts.Paths);
                pipeline.Copy.DropReplaced(all: true);
            }

            foreach (var keeper in Keepers())
            {
                if (await keeper.MaintainAsync(cancellationToken) is { IsOk: false, Error: var error })
                {
                    parts.Log.Warn($"maintenance: {error}");
                }
            }
        }
        finally
        {
            _maintaining.Release();
        }
    }

    private async Task PackAsync(CancellationToken cancellationToken)
    {
        await _maintaining.WaitAsync(cancellationToken);
        try
        {
            foreach (var keeper in Keepers())
            {
                await keeper.PackAsync(cancellationToken);
                await keeper.IndexAsync(cancellationToken);
                await keeper.CompactWhenIdleAsync(cancellationToken);
            }
        }
        finally
        {
            _maintaining.Release();
        }
    }

    private List<StoreKeeper> Keepers()
    {
        var open = agent.Copies.Stores;
        foreach (var closed in _keepers.Keys.Except(open).ToArray())
        {
            _keepers.Remove(closed);
        }

        foreach (var store in open.Where(store => !store.IsPoisoned))
        {
            _keepers.TryAdd(store, new StoreKeeper(store, parts.Time, () => agent.Config.Current));
        }

        return [.. _keepers.Values];
    }

    private async Task LoopAsync(string name, Func<Settings, TimeSpan> interval, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await agent.Config.DelayAsync(interval, parts.Time, cancellationToken);
                await work(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Told to stop.
            }
            catch (Exception e)
            {
                parts.Log.Error($"{name}: {e}");
            }
        }
    }
}
