using Microsoft.Extensions.Logging;
using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>A timer whose ticks are requests to its activation; the next is armed when the last has ended.</summary>
internal abstract class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;
    private bool _disposed;

    protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, nameof(options));
        Check(options.Period, nameof(options));
        _activation = activation;
        _options = options;
        _period = options.Period;
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _timer = activation.Silo.Time.CreateTimer(static t => ((GrainTimer)t!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        activation.Add(this);
    }

    public void Begin() => _timer.Change(_options.DueTime, Timeout.InfiniteTimeSpan);

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _period = period;
            _changed = _ticking;
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        Stop();
        _activation.Remove(this);
    }

    /// <summary>Ticks no more, and tells a running tick so.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _timer.Dispose();
        _stopped.Cancel();
    }

    protected abstract Task TickAsync(CancellationToken cancellationToken);

    private static void Check(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "A time must be positive, zero, or infinite.");
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_disposed || _ticking)
            {
                return;
            }

            _ticking = true;
        }

        _activation.TryReceive(new Tick(this) { IsAlwaysInterleave = _options.Interleave });
    }

    private async Task RunAsync()
    {
        try
        {
            if (!_disposed)
            {
                await TickAsync(_stopped.Token);
            }
        }
        catch (Exception exception)
        {
            _activation.Silo.Log.LogError(exception, "A timer of grain {GrainId} failed", _activation.GrainId);
        }

        lock (_gate)
        {
            _ticking = false;
            if (!_disposed && !_changed)
            {
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
            }

            _changed = false;
        }
    }

    private sealed class Tick(GrainTimer timer) : Request
    {
        public override bool KeepsAlive => timer._options.KeepAlive;

        public override Task RunAsync(Activation activation) => timer.RunAsync();

        public override void Reject(Exception exception) => timer.Stop();

        public override void Reroute() => timer.Stop();
    }
}

/// <summary>A timer with its callback and state.</summary>
internal sealed class GrainTimer<TState>(Activation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    : GrainTimer(activation, options)
{
    protected override Task TickAsync(CancellationToken cancellationToken) => callback(state, cancellationToken);
}

/// <summary>Makes the timers of a silo's activations.</summary>
internal sealed class TimerRegistry : ITimerRegistry
{
    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer<object?>(grainContext, (s, _) => callback(s), state, new GrainTimerCreationOptions(dueTime, period) { Interleave = true, KeepAlive = true });

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new GrainTimer<TState>((Activation)grainContext, callback, state, options);
        timer.Begin();
        return timer;
    }
}
