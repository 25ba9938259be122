namespace Orleans.Runtime;

/// <summary>Something that wants a turn of an activation and is admitted by its rules: a call, or a tick of a timer.</summary>
internal abstract class Request
{
    public bool IsReadOnly { get; init; }

    public bool IsAlwaysInterleave { get; init; }

    /// <summary>The call chain that the request belongs to, or empty.</summary>
    public Guid ReentrancyId { get; init; }

    /// <summary>Tells whether the request keeps its activation from being idle.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Runs as a turn of the activation; never throws.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>Ends the request without running it.</summary>
    public abstract void Reject(Exception exception);

    /// <summary>Sends the request to the grain's next activation.</summary>
    public abstract void Reroute();
}
