using Orleans.Runtime;

namespace Orleans;

/// <summary>What a class must have to be a grain.</summary>
public interface IGrainBase
{
    /// <summary>The context.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first request.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last request.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
