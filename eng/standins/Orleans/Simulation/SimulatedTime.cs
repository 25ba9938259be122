namespace W0rktree.Standins.Orleans.Simulation;

/// <summary>A clock that stands still while anything can run, and then jumps to what is due next.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Entry, (long Ticks, long Sequence)> _due = new();
    private readonly Action _checkThread;
    private long _sequence;

    public SimulatedTime(Action checkThread) => _checkThread = checkThread;

    /// <summary>Ticks since the start.</summary>
    public long Ticks { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromTicks(Ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override long GetTimestamp() => Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does something after a time.</summary>
    public void After(TimeSpan delay, Action action) => Add(new Entry(action), delay);

    /// <summary>Jumps to what is due next and does it; false if nothing is.</summary>
    public bool Step()
    {
        while (_due.TryDequeue(out var entry, out var at))
        {
            if (entry.Action is not { } action)
            {
                continue;
            }

            Ticks = at.Ticks;
            action();
            return true;
        }

        return false;
    }

    private Entry Add(Entry entry, TimeSpan delay)
    {
        _checkThread();
        _due.Enqueue(entry, (Ticks + Math.Max(0, delay.Ticks), _sequence++));
        return entry;
    }

    private sealed class Entry(Action action)
    {
        public Action? Action { get; private set; } = action;

        public void Cancel() => Action = null;
    }

    private sealed class Timer(SimulatedTime owner, TimerCallback callback, object? state) : ITimer
    {
        private Entry? _entry;
        private TimeSpan _period;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _entry?.Cancel();
            _entry = null;
            _period = period;
            if (_disposed)
            {
                return false;
            }

            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _entry = owner.Add(new Entry(Fire), dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            _entry?.Cancel();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire()
        {
            _entry = _period > TimeSpan.Zero ? owner.Add(new Entry(Fire), _period) : null;
            callback(state);
        }
    }
}
