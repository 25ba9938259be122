namespace W0rktree.LocalAgent.Pipeline;

/// <summary>Describes something that a stage could not handle.</summary>
/// <param name="Time">When.</param>
/// <param name="Stage">Which stage.</param>
/// <param name="What">What it was working on.</param>
/// <param name="Problem">What went wrong.</param>
public sealed record FaultRecord(DateTimeOffset Time, string Stage, string What, string Problem);

/// <summary>Keeps the last faults for <c>wt worker status</c>. Thread-safe.</summary>
public sealed class FaultLog(TimeProvider time)
{
    /// <summary>Enough to see a pattern; older ones are in the log file.</summary>
    private const int Kept = 32;

    private readonly Lock _lock = new();
    private readonly Queue<FaultRecord> _faults = new();

    /// <summary>Raised with each fault, for the log.</summary>
    public event Action<FaultRecord>? Recorded;

    /// <summary>Gets the last faults, oldest first.</summary>
    public IReadOnlyList<FaultRecord> Recent
    {
        get
        {
            lock (_lock)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Notes a fault.</summary>
    public void Record(string stage, string what, string problem)
    {
        var fault = new FaultRecord(time.GetUtcNow(), stage, what, problem);
        lock (_lock)
        {
            _faults.Enqueue(fault);
            if (_faults.Count > Kept)
            {
                _faults.Dequeue();
            }
        }

        Recorded?.Invoke(fault);
    }

    /// <summary>Notes an exception.</summary>
    public void Record(string stage, string what, Exception exception) => Record(stage, what, $"{exception.GetType().Name}: {exception.Message}");
}
