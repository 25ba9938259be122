using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A cluster in this process: each silo with a host of its own, and a client beside them.</summary>
public sealed class InProcessTestCluster : IDisposable, IAsyncDisposable
{
    private readonly List<InProcessSiloHandle> _silos = [];
    private readonly Cluster _cluster = new(new PoolExecutor(TimeProvider.System));
    private IHost? _client;
    private short _started;

    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    /// <summary>What the cluster is made of.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>The silos, stopped ones among them.</summary>
    public ReadOnlyCollection<InProcessSiloHandle> Silos => _silos.AsReadOnly();

    /// <summary>The client.</summary>
    public IClusterClient Client => (_client ?? throw new InvalidOperationException("The client is not initialized: deploy the cluster first."))
        .Services.GetRequiredService<IClusterClient>();

    /// <summary>Starts all silos and the client.</summary>
    public async Task DeployAsync()
    {
        await StartSilosAsync(Options.InitialSilosCount);
        if (Options.InitializeClientOnDeploy)
        {
            await InitializeClientAsync();
        }
    }

    /// <summary>Starts the client.</summary>
    public async Task InitializeClientAsync()
    {
        var builder = NewHost();
        foreach (var configure in Options.ClientHostConfigurationDelegates)
        {
            configure(builder);
        }

        builder.Services.AddSingleton(_cluster);
        ClientServices.Add(builder.Services);
        _client = builder.Build();
        await _client.StartAsync();
    }

    /// <summary>Starts another silo.</summary>
    public async Task<InProcessSiloHandle> StartAdditionalSiloAsync() => (await StartSilosAsync(1))[0];

    /// <summary>Starts more silos.</summary>
    public async Task<List<InProcessSiloHandle>> StartSilosAsync(int silosToStart)
    {
        var started = new List<InProcessSiloHandle>();
        for (var i = 0; i < silosToStart; i++)
        {
            var number = _started++;
            var options = new InProcessTestSiloSpecificOptions { SiloName = $"Silo_{number}" };
            var handle = await StartAsync(options, number);
            _silos.Add(handle);
            started.Add(handle);
        }

        return started;
    }

    /// <summary>The silos that run.</summary>
    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => _silos.Where(static s => s.IsActive);

    /// <summary>Finds a silo by its address.</summary>
    public InProcessSiloHandle? GetSiloForAddress(SiloAddress siloAddress) => _silos.Find(s => s.SiloAddress.Equals(siloAddress));

    /// <summary>The services of a silo, by default of the first that runs.</summary>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        (silo is null ? GetActiveSilos().First() : GetSiloForAddress(silo) ?? throw new ArgumentException($"Silo {silo} not found.", nameof(silo))).ServiceProvider;

    /// <summary>Finds the activation of a grain.</summary>
    public bool TryGetGrainContext(GrainId grainId, out IGrainContext? grainContext)
    {
        grainContext = _cluster.TryFind(grainId, out var target) ? target as Activation : null;
        return grainContext is not null;
    }

    /// <summary>Ends the activation of a grain and waits.</summary>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    /// <summary>Ends the activation of a grain and waits.</summary>
    public Task DeactivateAsync(GrainId grainId)
    {
        if (!TryGetGrainContext(grainId, out var context))
        {
            return Task.CompletedTask;
        }

        context!.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The test asked for it."));
        return context.Deactivated;
    }

    /// <summary>Waits until a grain is not active.</summary>
    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    /// <summary>Waits until a grain is not active.</summary>
    public Task WaitForDeactivationAsync(GrainId grainId) =>
        TryGetGrainContext(grainId, out var context) ? context!.Deactivated : Task.CompletedTask;

    /// <summary>Does nothing: silos in one process know each other at once.</summary>
    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    /// <summary>Stops a silo.</summary>
    public Task StopSiloAsync(InProcessSiloHandle instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance.StopSiloAsync(stopGracefully: true);
    }

    /// <summary>Ends a silo as a crash does.</summary>
    public Task KillSiloAsync(InProcessSiloHandle instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance.StopSiloAsync(stopGracefully: false);
    }

    /// <summary>Stops a silo and starts another of its name.</summary>
    public async Task<InProcessSiloHandle?> RestartSiloAsync(InProcessSiloHandle instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        await StopSiloAsync(instance);
        var index = _silos.IndexOf(instance);
        var handle = await StartAsync(new InProcessTestSiloSpecificOptions { SiloName = instance.Name }, instance.InstanceNumber);
        _silos[index] = handle;
        return handle;
    }

    /// <summary>Stops the client.</summary>
    public async Task StopClusterClientAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.StopAsync();
            client.Dispose();
        }
    }

    /// <summary>Stops everything.</summary>
    public async Task StopAllSilosAsync()
    {
        await StopClusterClientAsync();
        await StopSilosAsync();
    }

    /// <summary>Stops all silos.</summary>
    public async Task StopSilosAsync()
    {
        foreach (var silo in _silos.Where(static s => s.IsActive).Reverse())
        {
            await silo.StopSiloAsync(stopGracefully: true);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAllSilosAsync();
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _silos.Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _client?.Dispose();
        foreach (var silo in _silos)
        {
            silo.Dispose();
        }
    }

    private static HostApplicationBuilder NewHost() => Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    private async Task<InProcessSiloHandle> StartAsync(InProcessTestSiloSpecificOptions options, short number)
    {
        var builder = NewHost();
        builder.Services.Configure<SiloOptions>(o => o.SiloName = options.SiloName);
        builder.Services.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (Options.ClusterId, Options.ServiceId));
        builder.Services.AddSingleton(_cluster);
        builder.Services.AddSingleton(new ClusteringChoice("test cluster"));
        foreach (var configure in Options.SiloHostConfigurationDelegates)
        {
            configure(options, builder);
        }

        SiloServices.Add(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new InProcessSiloHandle
        {
            SiloHost = host,
            Name = options.SiloName,
            InstanceNumber = number,
            SiloAddress = host.Services.GetRequiredService<Silo>().Address,
        };
    }
}
