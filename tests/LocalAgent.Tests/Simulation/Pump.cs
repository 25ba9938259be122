using System.Collections.Concurrent;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>Runs everything that awaits on the thread of the simulation, one piece after the other.</summary>
internal sealed class Pump : SynchronizationContext, IDisposable
{
    /// <summary>Work on the pool's threads takes microseconds; after this long without news, somebody waits for the clock.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    /// <summary>Runs what is ready.</summary>
    public void RunReady()
    {
        while (_queue.TryTake(out var item))
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
            if (_queue.TryTake(out var item, Patience))
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

    public void Dispose() => _queue.Dispose();
}
