using Orleans.Runtime;

namespace Orleans;

/// <summary>The usual base of grain classes.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly IGrainRuntime _runtime;

    /// <summary>Takes the context of the activation that is being made.</summary>
    protected Grain()
        : this(RuntimeContext.Current
            ?? throw new InvalidOperationException("A grain is made by the runtime, never with new."))
    {
    }

    /// <summary>Takes a context and a runtime, for tests without a silo.</summary>
    protected Grain(IGrainContext grainContext, IGrainRuntime? grainRuntime = null)
    {
        GrainContext = grainContext;
        _runtime = grainRuntime ?? (IGrainRuntime)grainContext.ActivationServices.GetService(typeof(IGrainRuntime))!;
    }

    /// <inheritdoc />
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => _runtime.GrainFactory;

    /// <summary>The silo's services.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    /// <summary>The grain's id as text.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>The silo's name.</summary>
    public string RuntimeIdentity => _runtime.SiloIdentity;

    internal IGrainRuntime Runtime => _runtime;

    /// <summary>Ends the activation after the requests that run now.</summary>
    protected void DeactivateOnIdle() => _runtime.DeactivateOnIdle(GrainContext);

    /// <summary>Keeps the activation from collection for at least this long; negative takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => _runtime.DelayDeactivation(GrainContext, timeSpan);

    /// <summary>Registers a timer whose ticks interleave with requests.</summary>
    [Obsolete("Use 'this.RegisterGrainTimer(callback, state, new() { DueTime = dueTime, Period = period, Interleave = true })' instead.")]
    protected IDisposable RegisterTimer(Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _runtime.TimerRegistry.RegisterTimer(GrainContext, callback, state, dueTime, period);

    /// <inheritdoc />
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
