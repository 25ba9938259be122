namespace W0rktree.LocalAgent.Pipeline;

/// <summary>
/// Keeps one stage running: starts it anew where it fails or ends, and where the health loop says that it does not answer.
/// A stage that does not even end when it is told to is left behind, and another one takes its place.
/// </summary>
internal sealed class StageKeeper(string name, Func<CancellationToken, Task> run, FaultLog faults, string where, TimeProvider time) : IDisposable
{
    /// <summary>How long a stage may take to end when it is told to.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_restartPause = TimeSpan.FromSeconds(1);

    // A stage that has run for so long after a failure is well again.
    private static readonly TimeSpan s_wellAfter = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private CancellationTokenSource _restart = new();

    /// <summary>Gets the stage's name.</summary>
    public string Name => name;

    /// <summary>Gets whether it failed, or does not answer, and has not run well since.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>Gets how often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Gets or sets what is done between two runs, as scanning for what the stage missed.</summary>
    public Func<Task>? BetweenRuns { get; init; }

    /// <summary>Starts the stage anew.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            IsFailing = true;
            _restart.Cancel();
        }
    }

    /// <summary>Says that the stage does not answer and is not to be started anew.</summary>
    public void MarkStuck() => IsFailing = true;

    /// <summary>Says that it answers.</summary>
    public void MarkWell() => IsFailing = false;

    /// <summary>Keeps the stage until cancelled.</summary>
    public async Task KeepAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Starts++;
            await RunOnceAsync(stop);
            if (!stop.IsCancellationRequested)
            {
                await Task.Delay(s_restartPause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                await (BetweenRuns?.Invoke() ?? Task.CompletedTask);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _restart.Dispose();

    private async Task RunOnceAsync(CancellationToken stop)
    {
        var restart = Renew();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, restart.Token);
        try
        {
            var running = run(end.Token);
            _ = ClearAsync(running, end.Token);
            await EndAsync(running, end.Token);
        }
        catch (OperationCanceledException)
        {
            // Told to stop, or to start anew.
        }
        catch (Exception e)
        {
            IsFailing = true;
            faults.Record(name, where, e);
        }
    }

    private CancellationTokenSource Renew()
    {
        lock (_lock)
        {
            if (_restart.IsCancellationRequested)
            {
                _restart.Dispose();
                _restart = new CancellationTokenSource();
            }

            return _restart;
        }
    }

    private async Task EndAsync(Task running, CancellationToken end)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = end.Register(told.SetResult);
        if (await Task.WhenAny(running, told.Task) != running && await Task.WhenAny(running, Task.Delay(Grace, time, CancellationToken.None)) != running)
        {
            faults.Record(name, where, "the stage does not end; another one takes its place");
            _ = running.ContinueWith(left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return;
        }

        await running;
    }

    private async Task ClearAsync(Task running, CancellationToken end)
    {
        await Task.WhenAny(running, Task.Delay(s_wellAfter, time, end));
        if (!running.IsCompleted && !end.IsCancellationRequested)
        {
            IsFailing = false;
        }
    }
}
