using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>
/// One life of a grain in memory. Its turns run one at a time on its <see cref="WorkQueue"/>; requests are admitted by
/// <see cref="Admission"/>; it comes up before the first request and ends after the last.
/// </summary>
internal sealed partial class Activation : IGrainContext, IGrainTarget
{
    private readonly Lock _gate = new();
    private readonly Admission _admission;
    private readonly TaskCompletionSource _deactivated;
    private readonly Dictionary<Type, object> _components = [];
    private readonly HashSet<GrainTimer> _timers = [];
    private ActivationState _state = ActivationState.Activating;
    private DeactivationReason _reason;
    private AsyncServiceScope? _scope;
    private long _lastUsed;
    private DateTimeOffset _keepUntil = DateTimeOffset.MinValue;

    public Activation(Silo silo, GrainClass grainClass, GrainId grainId)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = grainId;
        ActivationId = silo.Executor.NewActivationId();
        Address = new GrainAddress { GrainId = grainId, ActivationId = ActivationId, SiloAddress = silo.Address };
        Queue = new WorkQueue(silo.Executor, this, $"{grainId}@{silo.Name}");
        Sequence = silo.Cluster.NextActivation();
        _deactivated = new TaskCompletionSource(silo.Executor.CompletionOptions);
        _admission = new Admission(grainClass);
        _lastUsed = silo.Time.GetTimestamp();
    }

    public Silo Silo { get; }

    public GrainClass Class { get; }

    /// <summary>Counts the activations of a cluster.</summary>
    public long Sequence { get; }

    public WorkQueue Queue { get; }

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; }

    public GrainAddress Address { get; }

    public object? GrainInstance { get; private set; }

    /// <summary>Where this activation was registered; a worker of a pool has its pool.</summary>
    public IGrainTargetOwner Owner { get; set; } = null!;

    public StagedLifecycle Lifecycle { get; } = new();

    public GrainReference GrainReference => field ??= Silo.Client.References.Untyped(GrainId);

    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? Silo.Services;

    public IGrainLifecycle ObservableLifecycle => Lifecycle;

    public IWorkItemScheduler Scheduler => Queue;

    public Task Deactivated => _deactivated.Task;

    /// <summary>How much work is in hand: what a pool of workers balances by.</summary>
    public int Load
    {
        get
        {
            lock (_gate)
            {
                return _admission.RunningCount + _admission.WaitingCount;
            }
        }
    }

    public bool TryReceive(Request request)
    {
        lock (_gate)
        {
            switch (_state)
            {
                case ActivationState.Gone:
                    return false;
                case ActivationState.Valid when _admission.MayRun(request, GrainInstance):
                    Begin(request);
                    return true;
                default:
                    _admission.Wait(request);
                    return true;
            }
        }
    }

    public void EnterReentrantSection(Guid id)
    {
        lock (_gate)
        {
            _admission.EnterSection(id);
        }
    }

    public void LeaveReentrantSection(Guid id)
    {
        lock (_gate)
        {
            _admission.LeaveSection(id);
        }
    }

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType)
    {
        lock (_gate)
        {
            return _components.TryGetValue(componentType, out var value) ? value
                : componentType.IsInstanceOfType(GrainInstance) ? GrainInstance : null;
        }
    }

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class
    {
        lock (_gate)
        {
            if (value is null)
            {
                _components.Remove(typeof(TComponent));
            }
            else
            {
                _components[typeof(TComponent)] = value;
            }
        }
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override string ToString() => $"[Activation {GrainId} {ActivationId} on {Silo.Name}]";

    // Called under the gate.
    private void Begin(Request request)
    {
        _admission.Begin(request);
        if (request.KeepsAlive)
        {
            _lastUsed = Silo.Time.GetTimestamp();
        }

        Queue.Run(static s => _ = ((ValueTuple<Activation, Request>)s!).Item1.RunAsync(((ValueTuple<Activation, Request>)s).Item2), (this, request));
    }

    private async Task RunAsync(Request request)
    {
        await request.RunAsync(this);
        lock (_gate)
        {
            _admission.End(request);
            if (request.KeepsAlive)
            {
                _lastUsed = Silo.Time.GetTimestamp();
            }

            BeginWaiting();
            if (_state == ActivationState.Deactivating && _admission.RunningCount == 0)
            {
                BeginEnd();
            }
        }
    }

    // Called under the gate.
    private void BeginWaiting()
    {
        while (_state == ActivationState.Valid && _admission.TakeNext(GrainInstance) is { } next)
        {
            Begin(next);
        }
    }
}

/// <summary>Where an activation is in its life.</summary>
internal enum ActivationState
{
    /// <summary>Comes up; requests wait.</summary>
    Activating,

    /// <summary>Requests run.</summary>
    Valid,

    /// <summary>Requests that run come to their end; new ones wait for the next activation.</summary>
    Deactivating,

    /// <summary>The grain ends its own affairs.</summary>
    Ending,

    /// <summary>Takes nothing any more.</summary>
    Gone,
}

/// <summary>Something that requests to one grain can be given to.</summary>
internal interface IGrainTarget
{
    /// <summary>Takes a request, or returns false if it is gone for good.</summary>
    bool TryReceive(Request request);
}

/// <summary>Whoever keeps activations and must forget those that are gone.</summary>
internal interface IGrainTargetOwner
{
    /// <summary>Forgets an activation.</summary>
    void Forget(Activation activation);
}
