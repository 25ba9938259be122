using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>
/// All silos of one cluster, in this process, and the directory that knows where each grain is active. Silos that start
/// with the same cluster share grains; a host by itself is a cluster of one.
/// </summary>
internal class Cluster(ITurnExecutor executor)
{
    // A call that finds one activation after another gone is refused in the end, as real silos do.
    private const int MaxForwards = 16;

    private readonly ConcurrentDictionary<GrainId, IGrainTarget> _directory = new();
    private readonly ConcurrentDictionary<GrainId, ClientRuntime> _clients = new();
    private Silo[] _silos = [];
    private int _generations;
    private long _activations;

    public ITurnExecutor Executor => executor;

    public IReadOnlyList<Silo> Silos => _silos;

    public int NextGeneration() => Interlocked.Increment(ref _generations);

    public long NextActivation() => Interlocked.Increment(ref _activations);

    public virtual CallTimeouts NewTimeouts() => new ScannedTimeouts(executor.Time);

    public void Join(Silo silo)
    {
        Silo[] former, next;
        do
        {
            former = _silos;
            next = [.. former, silo];
        }
        while (Interlocked.CompareExchange(ref _silos, next, former) != former);
        Add(silo.Client);
    }

    public void Leave(Silo silo)
    {
        Silo[] former, next;
        do
        {
            former = _silos;
            next = [.. former.Where(s => s != silo)];
        }
        while (Interlocked.CompareExchange(ref _silos, next, former) != former);
        _clients.TryRemove(silo.Client.Id, out _);
    }

    public void Add(ClientRuntime client) => _clients[client.Id] = client;

    public void Remove(ClientRuntime client) => _clients.TryRemove(client.Id, out _);

    /// <summary>Hands a call to the network.</summary>
    public void Post(GrainCall call) => executor.Deliver(call.TargetId, call, static c => c.Client.Cluster.Send(c));

    /// <summary>Gives a call to the activation of its grain, which is made if there is none.</summary>
    public void Send(GrainCall call)
    {
        try
        {
            if (call.TargetId.IsClient())
            {
                SendToObserver(call);
                return;
            }

            if (call.Forwards++ > MaxForwards)
            {
                call.Reject(new OrleansMessageRejectionException($"Forwarding failed: tried to forward message {call} for {MaxForwards} times."));
                return;
            }

            while (!Locate(call).TryReceive(call))
            {
                if (call.Forwards++ > MaxForwards)
                {
                    call.Reject(new OrleansMessageRejectionException($"No activation of {call.TargetId} takes the message {call}."));
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            call.Reject(exception);
        }
    }

    /// <summary>Finds an activation that exists.</summary>
    public virtual bool TryFind(GrainId grainId, out IGrainTarget? target) => _directory.TryGetValue(grainId, out target);

    public virtual void Forget(GrainId grainId, IGrainTarget target) =>
        _directory.TryRemove(new KeyValuePair<GrainId, IGrainTarget>(grainId, target));

    /// <summary>Forgets everything that was active on a silo that is gone.</summary>
    public virtual void ForgetAll(Silo silo)
    {
        foreach (var (grainId, target) in _directory)
        {
            if ((target as Activation)?.Silo == silo || (target as WorkerPool)?.Silo == silo)
            {
                Forget(grainId, target);
            }
        }
    }

    /// <summary>Finds or makes the activation for a call.</summary>
    protected virtual IGrainTarget Locate(GrainCall call)
    {
        if (_directory.TryGetValue(call.TargetId, out var known))
        {
            return known;
        }

        var grainClass = GrainCatalog.Instance.Find(call.TargetId.Type)
            ?? throw new ArgumentException($"Could not find grain type '{call.TargetId.Type}' for {call.TargetId}.");
        var silo = Place(grainClass, call);
        var made = silo.Create(grainClass, call.TargetId);
        var winner = _directory.GetOrAdd(call.TargetId, made);
        if (made is Activation activation)
        {
            if (ReferenceEquals(winner, made))
            {
                activation.Start(call.Context);
            }
            else
            {
                // Another thread was faster: this one never lives, so nobody may wait for its end.
                silo.Untrack(activation);
            }
        }

        return winner;
    }

    /// <summary>Chooses the silo for a new activation.</summary>
    protected Silo Place(GrainClass grainClass, GrainCall call)
    {
        var silos = Array.FindAll(_silos, static s => s.TakesActivations);
        if (silos.Length == 0)
        {
            throw new SiloUnavailableException($"No silo of the cluster is active, so {call.TargetId} cannot be.");
        }

        return grainClass.Placement is PreferLocalPlacement or StatelessWorkerPlacement && call.Caller?.Silo is { TakesActivations: true } local
            ? local
            : silos.Length == 1 ? silos[0] : silos[executor.Choose(silos.Length)];
    }

    private void SendToObserver(GrainCall call)
    {
        var clientId = ObserverTable.ClientOf(call.TargetId);
        if (_clients.TryGetValue(clientId, out var client))
        {
            client.Observers.Receive(call);
        }
        else
        {
            call.Reject(new ClientNotAvailableException(call.TargetId));
        }
    }
}
