using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>One silo: the activations that live in one host.</summary>
internal sealed class Silo : IGrainTargetOwner
{
    private readonly ConcurrentDictionary<ActivationId, Activation> _activations = new();
    private readonly ITimer _collector;

    public Silo(IServiceProvider services, Cluster cluster)
    {
        Services = services;
        Cluster = cluster;
        var generation = cluster.NextGeneration();
        Name = services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName ?? $"Silo_{generation}";
        Address = SiloAddress.New(IPAddress.Loopback, 11110 + generation, generation);
        Log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Runtime.Silo");
        Messaging = services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value;
        Collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        Client = new ClientRuntime(cluster, $"hosted-{Name}-{generation}", Messaging, services.GetServices<IOutgoingGrainCallFilter>);
        Time = services.GetRequiredService<TimeProvider>();
        _collector = Time.CreateTimer(static s => ((Silo)s!).Collect(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IServiceProvider Services { get; }

    public Cluster Cluster { get; }

    public ITurnExecutor Executor => Cluster.Executor;

    /// <summary>The clock of the silo's timers, reminders and collection.</summary>
    public TimeProvider Time { get; }

    public string Name { get; }

    public SiloAddress Address { get; }

    public ILogger Log { get; }

    public SiloMessagingOptions Messaging { get; }

    public GrainCollectionOptions Collection { get; }

    /// <summary>Made at the first call and not with the silo: filters may ask for the grain factory, which needs the silo.</summary>
    public IIncomingGrainCallFilter[] IncomingFilters => field ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    /// <summary>Makes the calls of the silo's grains, and of the code around them in its host.</summary>
    public ClientRuntime Client { get; }

    public bool TakesActivations { get; private set; }

    /// <summary>The activations in the order of their making, so that a simulation ends them in the same order each time.</summary>
    public IEnumerable<Activation> Activations => _activations.Values.OrderBy(static a => a.Sequence);

    public void Start()
    {
        TakesActivations = true;
        Cluster.Join(this);
        _collector.Change(Collection.CollectionQuantum, Collection.CollectionQuantum);
    }

    /// <summary>Makes what will take the requests of a grain.</summary>
    public IGrainTarget Create(GrainClass grainClass, GrainId grainId)
    {
        if (grainClass.Placement is StatelessWorkerPlacement workers)
        {
            return new WorkerPool(this, grainClass, grainId, workers.MaxLocal);
        }

        var activation = new Activation(this, grainClass, grainId) { Owner = this };
        Track(activation);
        return activation;
    }

    public void Track(Activation activation) => _activations[activation.ActivationId] = activation;

    public void Untrack(Activation activation) => _activations.TryRemove(activation.ActivationId, out _);

    public void Forget(Activation activation)
    {
        Cluster.Forget(activation.GrainId, activation);
        Untrack(activation);
    }

    /// <summary>Lets every activation end its affairs, then leaves the cluster.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        TakesActivations = false;
        await _collector.DisposeAsync();
        while (!_activations.IsEmpty && !cancellationToken.IsCancellationRequested)
        {
            Activation[] all = [.. Activations];
            foreach (var activation in all)
            {
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "This process is terminating."), cancellationToken);
            }

            try
            {
                await Task.WhenAll(all.Select(static a => a.Deactivated)).WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        Cluster.Leave(this);
        Kill();
    }

    /// <summary>Ends everything at once, as a crash does.</summary>
    public void Kill()
    {
        TakesActivations = false;
        _collector.Dispose();
        Cluster.Leave(this);
        Cluster.ForgetAll(this);
        foreach (var activation in Activations)
        {
            activation.Crash();
        }

        _activations.Clear();
        Client.Dispose();
    }

    public void Collect()
    {
        foreach (var activation in Activations)
        {
            if (!activation.Class.KeepAlive)
            {
                activation.CollectIfIdle(AgeOf(activation.Class));
            }
        }
    }

    private TimeSpan AgeOf(GrainClass grainClass) =>
        Collection.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age) ? age : grainClass.AgeLimit ?? Collection.CollectionAge;
}
