using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>What the runtime keeps beside one activation.</summary>
public interface IGrainContext : ITargetHolder, IEquatable<IGrainContext>
{
    /// <summary>A reference to the grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The grain's id.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain object, or null before it is made.</summary>
    object? GrainInstance { get; }

    /// <summary>The activation's id.</summary>
    ActivationId ActivationId { get; }

    /// <summary>Where the grain is active.</summary>
    GrainAddress Address { get; }

    /// <summary>Services with the lifetime of the activation.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>The activation's life cycle.</summary>
    IGrainLifecycle ObservableLifecycle { get; }

    /// <summary>Runs work as turns of the activation.</summary>
    IWorkItemScheduler Scheduler { get; }

    /// <summary>Completes when the activation is gone.</summary>
    Task Deactivated { get; }

    /// <summary>Keeps a component beside the activation.</summary>
    void SetComponent<TComponent>(TComponent? value)
        where TComponent : class;

    /// <summary>Begins to deactivate.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
