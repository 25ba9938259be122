using System.Threading.Channels;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Pipeline;

/// <summary>
/// Wires the stages of one working copy: watcher → debouncer → ignore matcher → changes, beside them the auto-snapshot
/// engine and sync, which take what they need from the copy and the store. The only place that makes channels.
/// </summary>
internal sealed class AgentPipeline : IAsyncDisposable
{
    /// <summary>Hints between the kernel's queue and the debouncer. When it is full the watcher drops them for one rescan; it never waits.</summary>
    private const int WatchCapacity = 8192;

    /// <summary>Hints between the further stages; a full one makes the stage before it wait.</summary>
    private const int StageCapacity = 1024;

    private static readonly TimeSpan s_restartPause = TimeSpan.FromSeconds(1);

    private readonly EventHub _events;
    private readonly AgentLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private readonly ISyncStage? _syncStage;
    private CancellationTokenSource _watching = new();

    public AgentPipeline(OpenCopy copy, EventHub events, AgentLog log, ISyncFactory? sync)
    {
        Copy = copy;
        Recorder = new SnapshotRecorder(copy);
        Operations = new CopyOperations(copy, Recorder);
        _events = events;
        _log = log;
        _syncStage = sync?.Create(copy, Recorder, events.Publish);
        Recorder.Recorded += Tell;
        copy.Faults.Recorded += fault =>
        {
            log.Warn($"{copy.Root}: {fault.Stage}: {fault.What}: {fault.Problem}");
            Warn(new WarningInfo("fault", $"{fault.Stage}: {fault.Problem}", "'wt worker logs' says more."));
        };
        copy.Config.Changed += settings =>
        {
            foreach (var problem in settings.Problems)
            {
                Warn(Ipc.Describe.Warning(problem));
            }
        };
    }

    public OpenCopy Copy { get; }

    public SnapshotRecorder Recorder { get; }

    public CopyOperations Operations { get; }

    public ISyncView Sync => _syncStage is { } stage ? stage : NoSync.Instance;

    /// <summary>Gets the stage of sync, or null without one.</summary>
    public ISyncStage? SyncStage => _syncStage;

    /// <summary>Gets the stage that failed and is being restarted, or null.</summary>
    public string? Failing { get; private set; }

    /// <summary>Starts watching: before the first scan, so that nothing is missed between the two.</summary>
    public void StartWatching() => _loops.Add(KeepAsync("watching", WatchAsync));

    /// <summary>Starts what works on the scanned copy.</summary>
    public void StartEngines()
    {
        Start(new AutoSnapshotStage(Copy, Recorder));
        Start(new ConfigStage(Copy.Config, Copy.Time));
        if (_syncStage is not null)
        {
            Start(_syncStage);
        }
    }

    /// <summary>Restarts the way from watcher to index, as when it does not answer any more.</summary>
    public void RestartWatching() => _watching.Cancel();

    /// <summary>Stops all stages; what is queued in the store stays there.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        (_syncStage as IDisposable)?.Dispose();
        _watching.Dispose();
        _stop.Dispose();
        Copy.Dispose();
    }

    private void Start(IStage stage) => _loops.Add(KeepAsync(stage.Name, stage.RunAsync));

    /// <summary>One run of the watching stages. They end together: a stage without its neighbours is of no use.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var hints = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(WatchCapacity) { SingleReader = true, SingleWriter = true });
        var debounced = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(StageCapacity) { SingleReader = true, SingleWriter = true });
        var kept = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(StageCapacity) { SingleReader = true, SingleWriter = true });
        var track = new TrackStage(kept.Reader, Copy);
        track.Tracked += TellStatus;
        _watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = _watching.Token;
        Task[] stages =
        [
            Copy.Watcher.RunAsync(hints.Writer, token),
            new DebounceStage(hints.Reader, debounced.Writer, Copy.Time, () => Copy.Config.Current.Debounce).RunAsync(token),
            new IgnoreStage(debounced.Reader, kept.Writer, () => Copy.Ignores, path => Copy.Scanner.TrackedThoughIgnored.Contains(path)).RunAsync(token),
            track.RunAsync(token),
        ];
        var first = await Task.WhenAny(stages);
        await _watching.CancelAsync();
        await Task.WhenAll(stages.Where(stage => stage != first)).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await first;
    }

    /// <summary>Runs a stage and starts it anew where it fails, until the pipeline stops.</summary>
    private async Task KeepAsync(string name, Func<CancellationToken, Task> run)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await run(_stop.Token);
                Failing = null;
            }
            catch (OperationCanceledException)
            {
                // Told to stop, or to start anew.
            }
            catch (Exception e)
            {
                Failing = name;
                Copy.Faults.Record(name, Copy.Root, e);
            }

            if (!_stop.IsCancellationRequested)
            {
                await Task.Delay(s_restartPause, Copy.Time, _stop.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                await RescanAsync(name);
            }
        }
    }

    /// <summary>After the watching stages failed, only a scan tells what they missed.</summary>
    private async Task RescanAsync(string name)
    {
        if (name != "watching" || _stop.IsCancellationRequested)
        {
            return;
        }

        try
        {
            using var turn = await Copy.Turns.TakeAsync(_stop.Token);
            Copy.Scanner.ScanAll(_stop.Token);
            Copy.PublishPending(changedNow: true);
            Failing = null;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            _log.Warn($"{Copy.Root}: the scan after a restart failed: {e.Message}");
        }
    }

    private void Tell(NewSnapshot made)
    {
        _syncStage?.Wake();
        if (_events.HasListeners(Copy.Root))
        {
            _events.Publish(new AgentEvent
            {
                Type = "snapshot", Time = Copy.Time.GetUtcNow(), Root = Copy.Root, Snapshot = Ipc.Describe.Snapshot(made.Id, made.Snapshot), Changes = Ipc.Describe.Changes(made.Changes),
            });
        }
    }

    private void Warn(WarningInfo warning) =>
        _events.Publish(new AgentEvent { Type = "warning", Time = Copy.Time.GetUtcNow(), Root = Copy.Root, Warning = warning });

    private void TellStatus()
    {
        if (_events.HasListeners(Copy.Root))
        {
            _events.Publish(new AgentEvent { Type = "status", Time = Copy.Time.GetUtcNow(), Root = Copy.Root, Changes = Ipc.Describe.Changes(WorkingChanges.List(Copy.Index)) });
        }
    }
}
