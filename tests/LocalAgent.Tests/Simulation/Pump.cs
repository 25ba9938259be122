namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>
/// Runs everything that awaits on the thread of the simulation, one piece after the other. What is posted after the simulation's
/// end, by tasks that a power loss cut off, is never run.
/// </summary>
internal sealed class Pump : SynchronizationContext
{
    /// <summary>What another thread does at an end takes microseconds; this long means that it never comes.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _foreign;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _foreign += Environment.CurrentManagedThreadId == _thread ? 0 : 1;
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

    /// <summary>Runs until a task has ended. Where nothing moves, the clock must: nothing of it may run on another thread, or a seed would not tell the run.</summary>
    /// <param name="begin">Begins the task.</param>
    /// <param name="moveClock">Moves the clock on.</param>
    /// <param name="between">What happens between two pieces of it.</param>
    public void Run(Func<Task> begin, Action moveClock, Action? between = null)
    {
        var before = _foreign;
        var task = begin();
        while (!task.IsCompleted)
        {
            if (TryTake(TimeSpan.Zero, out var item))
            {
                item.Callback(item.State);
                between?.Invoke();
            }
            else if (_foreign != before)
            {
                throw new InvalidOperationException("something went on on another thread");
            }
            else
            {
                moveClock();
            }
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs until a task has ended that stops others, on other threads, too; the clock stands.</summary>
    public void RunToEnd(Func<Task> begin)
    {
        var task = begin();
        while (!task.IsCompleted)
        {
            if (!TryTake(s_patience, out var item))
            {
                throw new TimeoutException("it does not end");
            }

            item.Callback(item.State);
        }

        task.GetAwaiter().GetResult();
    }

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
