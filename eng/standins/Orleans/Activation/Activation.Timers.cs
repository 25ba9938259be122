namespace Orleans.Runtime;

/// <summary>The timers of an activation.</summary>
internal sealed partial class Activation
{
    public void Add(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers.Add(timer);
        }
    }

    public void Remove(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    private GrainTimer[] TakeTimers()
    {
        lock (_gate)
        {
            GrainTimer[] all = [.. _timers];
            _timers.Clear();
            return all;
        }
    }
}
