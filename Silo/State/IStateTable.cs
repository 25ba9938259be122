namespace W0rktree.Silo.State;

/// <summary>Keeps states of grains under versions, each write in one with what the audit records of it. Thread-safe.</summary>
internal interface IStateTable
{
    /// <summary>Reads what is stored; null where nothing ever was.</summary>
    Task<StateRow?> ReadAsync(StateKey key, CancellationToken cancellationToken);

    /// <summary>Writes if the expected version is stored; answers once that is durable.</summary>
    /// <exception cref="IOException">It could not be written, or nobody knows whether it was.</exception>
    Task<StateWritten> WriteAsync(StateWrite write, CancellationToken cancellationToken);
}
