namespace W0rktree.Grains.Abstractions.Events;

/// <summary>Is told that there is something new, and asks for it with its own ticket.</summary>
/// <remarks>
/// A hint, never the truth: what is read is authorised at the moment of reading, a lost or reordered hint costs nothing but
/// the time until the next renewal, and a receiver that missed some simply asks for everything since the last it has.
/// </remarks>
[Alias("wt.IWakeObserver")]
public interface IWakeObserver : IGrainObserver
{
    /// <summary>Tells the newest sequence number.</summary>
    Task OnWakeAsync(long latest, CancellationToken cancellationToken);
}
