using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Repeats the last report every second, where git or a disk may take longer over something than a request may be silent.</summary>
internal sealed class Heartbeat : IProgress<ProgressInfo>, IDisposable
{
    private readonly IProgress<ProgressInfo> _target;
    private readonly ITimer _timer;
    private ProgressInfo _last;

    /// <summary>Begins with a report of its own.</summary>
    public Heartbeat(IProgress<ProgressInfo> target, TimeProvider clock, ProgressInfo first)
    {
        (_target, _last) = (target, first);
        var second = TimeSpan.FromSeconds(1);
        _timer = clock.CreateTimer(_ => _target.Report(Volatile.Read(ref _last)), null, second, second);
    }

    /// <inheritdoc/>
    public void Report(ProgressInfo value)
    {
        Volatile.Write(ref _last, value);
        _target.Report(value);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
