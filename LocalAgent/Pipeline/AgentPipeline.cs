using System.Collections.Immutable;
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

    private readonly EventHub _events;
    private readonly AgentLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    // Written by the start alone, read by whoever asks.
    private ImmutableList<StageKeeper> _keepers = [];
    private ImmutableList<(IPulsedStage Stage, StageKeeper Keeper)> _pulsed = [];
    private readonly ISyncStage? _syncStage;
    private bool _honoursGitIgnore;

    public AgentPipeline(OpenCopy copy, EventHub events, AgentLog log, ISyncFactory? sync)
    {
        Copy = copy;
        Recorder = new SnapshotRecorder(copy);
        Operations = new CopyOperations(copy, Recorder);
        _events = events;
        _log = log;
        _honoursGitIgnore = copy.Config.Current.HonoursGitIgnore;
        _syncStage = sync?.Create(copy, Recorder, events.Publish);
        Recorder.Recorded += Tell;
        copy.Faults.Recorded += fault =>
        {
            log.Warn($"{copy.Root}: {fault.Stage}: {fault.What}: {fault.Problem}");
            Warn(new WarningInfo("fault", $"{fault.Stage}: {fault.Problem}", "'wt worker logs' says more."));
        };
        copy.Config.Changed += settings =>
        {
            if (settings.HonoursGitIgnore != _honoursGitIgnore)
            {
                _honoursGitIgnore = settings.HonoursGitIgnore;
                _ = RescanAsync(); // Other rules are in force: what was left out may count now.
            }

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
    public string? Failing => _keepers.Find(keeper => keeper.IsFailing)?.Name;

    /// <summary>Gets what keeps each stage running.</summary>
    public IReadOnlyList<StageKeeper> Keepers => _keepers;

    /// <summary>Gets the stages that tell of their rounds, with what keeps them.</summary>
    public IReadOnlyList<(IPulsedStage Stage, StageKeeper Keeper)> Pulsed => _pulsed;

    /// <summary>Starts watching: before the first scan, so that nothing is missed between the two.</summary>
    public void StartWatching() => Keep(new StageKeeper("watching", WatchAsync, Copy.Faults, Copy.Root, Copy.Time) { BetweenRuns = RescanAsync });

    /// <summary>Starts what works on the scanned copy.</summary>
    public void StartEngines()
    {
        Start(new AutoSnapshotStage(Copy, Recorder));
        Start(new ConfigStage(Copy.Config, Copy.Time));
        Start(new PollStage(Copy));
        if (_syncStage is not null)
        {
            Start(_syncStage);
        }
    }

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
        _keepers.ForEach(keeper => keeper.Dispose());
        _stop.Dispose();
        Copy.Dispose();
    }

    private void Start(IStage stage)
    {
        var keeper = new StageKeeper(stage.Name, stage.RunAsync, Copy.Faults, Copy.Root, Copy.Time);
        if (stage is IPulsedStage pulsed)
        {
            _pulsed = _pulsed.Add((pulsed, keeper));
        }

        Keep(keeper);
    }

    private void Keep(StageKeeper keeper)
    {
        _keepers = _keepers.Add(keeper);
        _loops.Add(keeper.KeepAsync(_stop.Token));
    }

    /// <summary>One run of the watching stages. They end together: a stage without its neighbours is of no use.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var hints = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(WatchCapacity) { SingleReader = true, SingleWriter = true });
        var debounced = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(StageCapacity) { SingleReader = true, SingleWriter = true });
        var kept = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(StageCapacity) { SingleReader = true, SingleWriter = true });
        var track = new TrackStage(kept.Reader, Copy);
        track.Tracked += TellStatus;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = watching.Token;
        Task[] stages =
        [
            Copy.Watcher.RunAsync(hints.Writer, token),
            new DebounceStage(hints.Reader, debounced.Writer, Copy.Time, () => Copy.Config.Current.Debounce, Copy.NoteHint, MeetSharedFile).RunAsync(token),
            new IgnoreStage(debounced.Reader, kept.Writer, () => Copy.Ignores, path => Copy.Scanner.TrackedThoughIgnored.Contains(path), Copy.Files.Look).RunAsync(token),
            track.RunAsync(token),
        ];
        var first = await Task.WhenAny(stages);
        await watching.CancelAsync();
        await Task.WhenAll(stages.Where(stage => stage != first)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await first;
    }

    /// <summary>A further name of a file may be gone by the time that its hint is followed, and what was written by it concerns the others.</summary>
    private void MeetSharedFile(WatchEvent hint)
    {
        try
        {
            if (!hint.IsDirectory && Copy.Files.Look(hint.Path) is { OtherNames: > 0 } found)
            {
                Copy.Scanner.Meet(found);
            }
        }
        catch (IOException)
        {
            // Whoever follows the hint meets the same, and tells it.
        }
    }

    /// <summary>After the watching stages failed, only a scan tells what they missed.</summary>
    private async Task RescanAsync()
    {
        try
        {
            using var turn = await Copy.Turns.TakeAsync(_stop.Token);
            Copy.Scanner.ScanAll(_stop.Token);
            Copy.PublishPending(changedNow: true);
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
                Type = "snapshot", Time = Copy.Time.GetUtcNow(), Root = Copy.Root, Snapshot = Ipc.Describe.Snapshot(made.Id, made.Snapshot), Changes = Ipc.Describe.Changes(made.Changes, Copy.Config.Current.Classifier),
            });
        }
    }

    private void Warn(WarningInfo warning) =>
        _events.Publish(new AgentEvent { Type = "warning", Time = Copy.Time.GetUtcNow(), Root = Copy.Root, Warning = warning });

    private void TellStatus()
    {
        if (_events.HasListeners(Copy.Root))
        {
            _events.Publish(new AgentEvent { Type = "status", Time = Copy.Time.GetUtcNow(), Root = Copy.Root, Changes = Ipc.Describe.Changes(WorkingChanges.List(Copy.Index), Copy.Config.Current.Classifier) });
        }
    }
}
