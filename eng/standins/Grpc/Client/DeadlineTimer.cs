namespace Grpc.Net.Client;

/// <summary>Runs an action when a deadline has passed.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    // A timer takes at most this long (about 49 days); a longer wait is cut into several.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly DateTime _deadline;
    private readonly Action _action;
    private readonly Timer _timer;

    private DeadlineTimer(DateTime deadline, Action action)
    {
        _deadline = deadline;
        _action = action;
        _timer = new Timer(static state => ((DeadlineTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Refuses a deadline in local or unspecified time: it would be hours away from what was meant.</summary>
    public static void Check(DateTime? deadline)
    {
        if (deadline is { Kind: not DateTimeKind.Utc } value && value != DateTime.MaxValue && value != DateTime.MinValue)
        {
            throw new InvalidOperationException("Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue.");
        }
    }

    /// <summary>Starts a timer; null where there is no deadline. A deadline that has passed acts before this returns.</summary>
    public static DeadlineTimer? Start(DateTime? deadline, Action action)
    {
        if (deadline is not { } value || value == DateTime.MaxValue)
        {
            return null;
        }

        var timer = new DeadlineTimer(value, action);
        timer.Tick();
        return timer;
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        // Rounded up to what the timer resolves: waking a fraction early would only make it turn round.
        var left = _deadline - DateTime.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            _action();
            return;
        }

        try
        {
            _timer.Change(left < LongestWait ? left + TimeSpan.FromMilliseconds(1) : LongestWait, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The call ended meanwhile.
        }
    }
}
