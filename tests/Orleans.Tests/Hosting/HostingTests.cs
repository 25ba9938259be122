using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using W0rktree.Orleans.Tests.Life;
using W0rktree.Orleans.Tests.State;
using W0rktree.Orleans.Tests.Values;

namespace W0rktree.Orleans.Tests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public async Task A_killed_silo_loses_its_activations_but_no_state()
    {
        await using var cluster = new TwoSilosAndAStore();
        await cluster.InitializeAsync();
        var grains = Enumerable.Range(0, 20).Select(_ => cluster.Client.GetGrain<INoteGrain>(TestCluster.NewKey())).ToArray();
        foreach (var grain in grains)
        {
            await grain.WriteAsync("kept");
        }

        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[1]);

        foreach (var grain in grains)
        {
            Assert.Equal("kept", await ReadWithRetryAsync(grain));
        }
    }

    [Fact]
    public async Task A_stopped_silo_lets_its_grains_end()
    {
        await using var cluster = new TwoSilos();
        await cluster.InitializeAsync();
        var keys = Enumerable.Range(0, 10).Select(_ => TestCluster.NewKey()).ToArray();
        foreach (var key in keys)
        {
            await cluster.Client.GetGrain<ILifeGrain>(key, typeof(LifeGrain).FullName).IdAsync();
        }

        await cluster.Cluster.StopAllSilosAsync();

        Assert.All(keys, key => Assert.True(Gate.IsOpen(key + "/left")));
    }

    private static async Task<string> ReadWithRetryAsync(INoteGrain grain)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await grain.ReadAsync();
            }
            catch (Exception failure) when (attempt < 10 && failure is OrleansException or TimeoutException)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>The store is outside the silos, as a database is: the one in their memory goes with them.</summary>
    private sealed class TwoSilosAndAStore : TestCluster, IAsyncDisposable
    {
        private readonly OutsideStorage _storage = new();

        protected override short SiloCount => 2;

        protected override void Configure(ISiloBuilder silo) => silo.Services.AddKeyedSingleton<IGrainStorage>("store", (_, _) => _storage);

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    private sealed class OutsideStorage : IGrainStorage
    {
        private readonly ConcurrentDictionary<(string Name, GrainId Grain), object> _states = new();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (_states.TryGetValue((stateName, grainId), out var state))
            {
                (grainState.State, grainState.RecordExists) = ((T)state, true);
            }

            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            (_states[(stateName, grainId)], grainState.RecordExists) = (grainState.State!, true);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _states.TryRemove((stateName, grainId), out _);
            return Task.CompletedTask;
        }
    }

    private sealed class TwoSilos : TestCluster, IAsyncDisposable
    {
        protected override short SiloCount => 2;

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

#if STANDIN_ORLEANS
    // With the real packages these need fixed ports, or a database.
    [Fact]
    public async Task A_host_with_a_silo_calls_grains_and_runs_startup_tasks()
    {
        var log = new List<string>();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.AddMemoryGrainStorageAsDefault();
            silo.AddStartupTask(async (services, _) =>
                log.Add((await services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>("a").SumAsync([1, 2])).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant(log));
        });
        using var host = builder.Build();

        await host.StartAsync();
        Assert.Equal(6, await host.Services.GetRequiredService<IClusterClient>().GetGrain<IEchoGrain>("b").SumAsync([1, 2, 3]));
        await host.StopAsync();

        Assert.Equal(["application services", "3", "application services end"], log);
    }

    [Fact]
    public async Task What_needs_the_real_packages_is_refused_at_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(static silo => silo.UseAdoNetClustering(static o => o.Invariant = "Npgsql"));
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync());

        Assert.Contains("UseAdoNetClustering needs the real Microsoft.Orleans packages", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_without_clustering_is_refused_at_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(static _ => { });
        using var host = builder.Build();

        await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync());
    }

    private sealed class Participant(List<string> log) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            "test",
            ServiceLifecycleStage.ApplicationServices,
            _ => Add("application services"),
            _ => Add("application services end"));

        private Task Add(string line)
        {
            log.Add(line);
            return Task.CompletedTask;
        }
    }
#endif
}
