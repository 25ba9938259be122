namespace W0rktree.LocalAgent.Pipeline;

/// <summary>
/// One step of the agent's flow. It owns its state alone, reads one input, and completes its output when its input ends.
/// An item that it cannot handle becomes a fault record, never a dead loop.
/// </summary>
public interface IStage
{
    /// <summary>Gets the name under which <c>wt worker status</c> speaks of it.</summary>
    string Name { get; }

    /// <summary>Works until the input ends or the token is cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
