using Orleans.Runtime;

namespace Orleans;

/// <summary>Starts stages upwards and stops, downwards, those that had started.</summary>
internal sealed class StagedLifecycle : ISiloLifecycle, IGrainLifecycle
{
    private readonly List<(int Stage, ILifecycleObserver Observer)> _observers = [];
    private int? _reached;

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public bool IsEmpty => _observers.Count == 0;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var entry = (stage, observer);
        _observers.Add(entry);
        return new Subscription(() => _observers.Remove(entry));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var group in _observers.ToArray().GroupBy(static o => o.Stage).OrderBy(static g => g.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _reached = group.Key;
            foreach (var (_, observer) in group)
            {
                await observer.OnStart(cancellationToken);
            }

            HighestCompletedStage = group.Key;
        }
    }

    public async Task StopAsync(Action<Exception> onError, CancellationToken cancellationToken)
    {
        if (_reached is not { } reached)
        {
            return;
        }

        var groups = _observers.ToArray().Where(o => o.Stage <= reached)
            .GroupBy(static o => o.Stage).OrderByDescending(static g => g.Key);
        foreach (var group in groups)
        {
            foreach (var (_, observer) in group)
            {
                try
                {
                    await observer.OnStop(cancellationToken);
                }
                catch (Exception exception)
                {
                    onError(exception);
                }
            }

            LowestStoppedStage = group.Key;
        }
    }

    private sealed class Subscription(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
