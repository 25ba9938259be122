using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>
/// Runs grains on one thread in virtual time. The seed decides which turn is next, how long messages take and what fails:
/// the same seed gives the same trace, byte for byte, in every process.
/// </summary>
public sealed class GrainSimulation : IDisposable
{
    private const int LinesOfFailure = 40;

    private readonly SimulationExecutor _executor;
    private readonly SimulatedCluster _cluster;
    private readonly Action<ISiloBuilder> _configure;
    private readonly List<(string Name, ServiceProvider Services)> _silos = [];
    private readonly List<ServiceProvider> _gone = [];
    private ClientRuntime? _client;
    private bool _started;

    /// <summary>Prepares silos; nothing runs yet.</summary>
    public GrainSimulation(ulong seed, Action<ISiloBuilder> configure, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Seed = seed;
        Options = options ?? new SimulationOptions();
        _configure = configure;
        _executor = new SimulationExecutor(seed, Options);
        _cluster = new SimulatedCluster(_executor, Options);
        Storage = new SimulatedStorage(_executor, Options);
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>What can go wrong; may be changed between and during runs.</summary>
    public SimulationOptions Options { get; }

    /// <summary>The storage of all providers that <see cref="SimulationSiloExtensions.AddSimulatedStorage"/> adds.</summary>
    public SimulatedStorage Storage { get; }

    /// <summary>The virtual clock.</summary>
    public TimeProvider Time => _executor.Time;

    /// <summary>What has happened so far, a line each.</summary>
    public IReadOnlyList<string> Trace => _executor.Trace;

    /// <summary>What has happened so far, as one text with line feeds.</summary>
    public string TraceText => string.Join('\n', _executor.Trace) + "\n";

    /// <summary>The silos that run.</summary>
    public IReadOnlyList<string> SiloNames => [.. _silos.Select(static s => s.Name)];

    /// <summary>Runs a scenario to its end. Its own code takes turns like the grains' does.</summary>
    public void Run(Func<IClusterClient, Task> scenario) => Run([scenario]);

    /// <summary>Runs scenarios beside each other to the end of all.</summary>
    public void Run(params Func<IClusterClient, Task>[] scenarios)
    {
        var former = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Start();
            var client = new global::Orleans.Runtime.GrainFactory(_client!, _silos[0].Services);
            Task[] all = [.. scenarios.Select((scenario, i) => Begin($"scenario-{i}", () => scenario(client)))];
            Finish(all);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(former);
        }
    }

    /// <summary>Ends a silo as a crash does; it comes back empty after <see cref="SimulationOptions.RestartDelay"/>.</summary>
    public void Crash(string siloName)
    {
        var index = _silos.FindIndex(s => s.Name == siloName);
        if (index < 0)
        {
            throw new ArgumentException($"No silo {siloName} is running.", nameof(siloName));
        }

        var (name, services) = _silos[index];
        _silos.RemoveAt(index);
        _gone.Add(services);
        _executor.Write($"crash {name}");
        services.GetRequiredService<Silo>().Kill();
        _executor.Clock.After(Options.RestartDelay, () => _ = Begin("boot", () => StartSiloAsync(name)));
    }

    /// <summary>Writes a line of the scenario's own to the trace.</summary>
    public void Note(string line) => _executor.Write("note " + line);

    /// <summary>A choice of the scenario's own, from the seed.</summary>
    public int Choose(int bound) => _executor.Choose(bound);

    /// <inheritdoc />
    public void Dispose()
    {
        _client?.Dispose();
        foreach (var services in _silos.Select(static s => s.Services).Concat(_gone))
        {
            services.Dispose();
        }

        _silos.Clear();
        _gone.Clear();
    }

    private void Start()
    {
        if (_started)
        {
            return;
        }

        _started = true;
        _client = new ClientRuntime(_cluster, "client", new ClientMessagingOptions(), static () => []);
        _cluster.Add(_client);
        Finish([Begin("boot", async () =>
        {
            for (var i = 0; i < Options.SiloCount; i++)
            {
                await StartSiloAsync($"Silo_{i}");
            }
        })]);
        ScheduleCrash();
    }

    private async Task StartSiloAsync(string name)
    {
        var services = new ServiceCollection();
        services.AddSingleton<Cluster>(_cluster);
        services.AddSingleton(new ClusteringChoice("simulation"));
        services.AddSingleton(_executor.Time);
        services.AddSingleton(Storage);
        services.Configure<SiloOptions>(o => o.SiloName = name);
        _configure(new HostBuilderPart(services, new ConfigurationBuilder().Build()));
        SiloServices.Add(services);
        var provider = services.BuildServiceProvider();
        _client!.Messaging.ResponseTimeout = provider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.ResponseTimeout;
        foreach (var hosted in provider.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        _silos.Add((name, provider));
        _executor.Write($"start {name}");
    }

    private void ScheduleCrash()
    {
        if (Options.MeanTimeBetweenCrashes <= TimeSpan.Zero)
        {
            return;
        }

        _executor.Clock.After(_executor.Random.Between(TimeSpan.Zero, Options.MeanTimeBetweenCrashes * 2), () =>
        {
            // The last silo stays: with none there would only be refusals.
            if (_silos.Count > 1)
            {
                Crash(_silos[_executor.Choose(_silos.Count)].Name);
            }

            ScheduleCrash();
        });
    }

    private Task Begin(string name, Func<Task> work)
    {
        var queue = new WorkQueue(_executor, null, name);
        return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, queue).Unwrap();
    }

    private void Finish(Task[] tasks)
    {
        var problem = _executor.RunUntil(() => Array.TrueForAll(tasks, static t => t.IsCompleted) || Array.Exists(tasks, static t => t.IsFaulted));
        var failed = Array.Find(tasks, static t => t.IsFaulted || t.IsCanceled);
        if (failed is null && problem is null)
        {
            return;
        }

        var cause = failed?.Exception?.InnerException;
        throw new SimulationFailedException(Seed, problem ?? cause?.Message ?? "the scenario was cancelled", _executor.Trace.TakeLast(LinesOfFailure), cause);
    }
}

/// <summary>Adds the simulation's storage to its silos.</summary>
public static class SimulationSiloExtensions
{
    /// <summary>Adds a named provider that is the simulation's storage.</summary>
    public static ISiloBuilder AddSimulatedStorage(this ISiloBuilder builder, string name = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, static (services, _) => services.GetRequiredService<SimulatedStorage>());
        return builder;
    }
}
