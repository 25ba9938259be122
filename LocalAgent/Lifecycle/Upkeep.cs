using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.StoreKeeping;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>The loops that look after the others: configuration, health, maintenance.</summary>
internal sealed class Upkeep(Agent agent, AgentParts parts) : IDisposable
{
    /// <summary>A cookie that has not come through by then means that a stage does not answer.</summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_configInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _maintaining = new(1, 1);

    // Often enough that a flood of snapshots does not gather for long; looking costs nothing.
    private static readonly TimeSpan s_packInterval = TimeSpan.FromSeconds(20);

    private readonly Dictionary<ObjectStore, StoreKeeper> _keepers = [];

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        LoopAsync("configuration", () => s_configInterval, _ => ReloadAsync(), cancellationToken),
        LoopAsync("health", () => agent.Config.Current.HealthInterval, CheckHealthAsync, cancellationToken),
        LoopAsync("packing", () => s_packInterval, PackAsync, cancellationToken),
        LoopAsync("maintenance", () => agent.Config.Current.MaintenanceInterval, MaintainAsync, cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => _maintaining.Dispose();

    /// <summary>Sends a cookie through every pipeline, and starts the ones anew that do not pass it on.</summary>
    internal async Task CheckHealthAsync(CancellationToken cancellationToken)
    {
        foreach (var pipeline in agent.Copies.Open.Where(pipeline => pipeline.Copy.Ready.Task.IsCompletedSuccessfully))
        {
            if (await pipeline.Copy.Cookies.PassAsync(s_answerLimit, cancellationToken) || !pipeline.Copy.Files.IsRootInPlace)
            {
                continue;
            }

            pipeline.Copy.Faults.Record("health", pipeline.Copy.Root, "the watching stages do not answer");
            if (agent.Config.Current.RestartOnFailure)
            {
                pipeline.RestartWatching();
            }
        }
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

    private async Task LoopAsync(string name, Func<TimeSpan> interval, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(interval(), parts.Time, cancellationToken);
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
