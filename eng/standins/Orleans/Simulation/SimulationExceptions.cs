namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>A scenario failed. The message begins with the seed that shows it again.</summary>
public sealed class SimulationFailedException : Exception
{
    /// <summary>Gives seed, cause and the end of the trace.</summary>
    public SimulationFailedException(ulong seed, string message, IEnumerable<string> lastLines, Exception? innerException = null)
        : base($"seed {seed}: {message}{Environment.NewLine}{string.Join(Environment.NewLine, lastLines)}", innerException) => Seed = seed;

    /// <summary>The seed that shows the failure again.</summary>
    public ulong Seed { get; }
}
