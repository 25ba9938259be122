namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>
/// Runs everything that awaits on the thread of the simulation, one piece after the other. What is posted after the simulation's
/// end, by tasks that a power loss cut off, is never run.
/// </summary>
internal sealed class Pump : SynchronizationContext
{
    /// <summary>Work on the pool's threads takes microseconds; after this long without news, somebody waits for the clock.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = [];

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _queue.Enqueue((d, state));
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Runs what is ready.</summary>
    public void RunReady()
    {
        while (TryTake(TimeSpan.Zero, out var item))
        {
            item.Callback(item.State);
        }
    }

    /// <summary>Runs until a task has ended. Where nothing moves, the clock must.</summary>
    public T Run<T>(Func<Task<T>> begin, Action moveClock)
    {
        var task = begin();
        while (!task.IsCompleted)
        {
            if (TryTake(Patience, out var item))
            {
                item.Callback(item.State);
            }
            else if (!task.IsCompleted)
            {
                moveClock();
            }
        }

        return task.GetAwaiter().GetResult();
    }

    public void Run(Func<Task> begin, Action moveClock) => Run(
        async () =>
        {
            await begin();
            return true;
        },
        moveClock);

    private bool TryTake(TimeSpan patience, out (SendOrPostCallback Callback, object? State) item)
    {
        lock (_gate)
        {
            if (_queue.Count == 0 && patience > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, patience);
            }

            return _queue.TryDequeue(out item);
        }
    }
}
