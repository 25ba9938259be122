using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeDiff;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage;
using W0rktree.Storage.Tests.Faults;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>
/// One run of the whole pipeline, from a watcher to durable snapshots, with everything outside it simulated from a seed: files and
/// their writer, kernel queue, clock, disk, power.
/// </summary>
internal sealed class PipelineSimulation(int seed, TempFolder folder, Pump pump, Sabotage sabotage = Sabotage.None, Action<string>? trace = null)
{
    private static readonly Dictionary<string, string> s_environment = new()
    {
        ["WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES"] = "2",
        ["WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S"] = "5",
    };

    /// <summary>The thread that drains the kernel's queue does nothing else: it is never away for long.</summary>
    private static readonly TimeSpan s_longestNap = TimeSpan.FromMilliseconds(40);

    private readonly Random _random = new(seed);
    private readonly ManualTime _time = new();
    private readonly List<SnapshotId> _acknowledged = [];
    private SimulatedWatcher _watcher = null!;
    private SimulatedFiles _files = null!;
    private SavingPerson _person = null!;
    private LossyFiles _disk = new() { ForgetsSyncs = sabotage == Sabotage.DiskForgetsSyncs };
    private ObjectStore _store = null!;
    private AgentPipeline _pipeline = null!;
    private AutoSnapshotStage _engine = null!;
    private DateTimeOffset _evaluated;
    private TimeSpan _undrained;
    private bool _isQuiet;
    private DateTimeOffset _busyUntil;
    private bool _isAtEnd;

    public SimulationCounts Counts { get; } = new();

    private OpenCopy Copy => _pipeline.Copy;

    /// <summary>Works for a while, loses power or has a failing disk now and then, and ends with everything compared.</summary>
    public void Run()
    {
        _watcher = new SimulatedWatcher { LosesOneOf = sabotage == Sabotage.WatcherLosesEvents ? 20 : 0 };
        _files = new SimulatedFiles(_time, _watcher);
        _watcher.Files = _files;
        _watcher.Trace = trace is null ? null : what => trace($"{_time.GetUtcNow():mm:ss.fff} {what}");
        _person = new SavingPerson(_files, _random);
        Start();
        for (var life = _random.Next(1, 4); life > 0; life--)
        {
            var failing = _random.Next(3) == 0;
            _disk.FailAfter = failing ? _random.Next(60) : -1;
            _watcher.Limit = _random.Next(4) == 0 ? _random.Next(1, 12) : int.MaxValue;
            var alive = true;
            for (var step = _random.Next(10, 60); step > 0 && alive; step--)
            {
                alive = Step();
            }

            if (!alive || _random.Next(2) == 0)
            {
                LosePower();
            }
        }

        Finish();
    }

    private bool Step()
    {
        _files.WhileReading = _random.Next(2) == 0 ? () => _person.Interfere(_time.GetUtcNow()) : null;
        if (_random.Next(25) == 0)
        {
            _busyUntil = _time.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(1, 12));
        }

        switch (_random.Next(8))
        {
            case < 3:
                Act();
                pump.RunReady();
                break;
            case < 6:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 200)));
                break;
            case 6:
                Advance(TimeSpan.FromMilliseconds(_random.Next(200, 7000)));
                break;
            default:
                return Survives(AskAsync);
        }

        return _time.GetUtcNow() - _evaluated < TimeSpan.FromSeconds(1) || Evaluate();
    }

    /// <summary>Moves the clock in small steps, in which saves go on and the kernel's queue is drained.</summary>
    private void Advance(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero;)
        {
            var some = TimeSpan.FromMilliseconds(Math.Min(left.TotalMilliseconds, _random.Next(1, 15)));
            _time.Advance(some);
            left -= some;
            Write();
            _undrained += some;
            if (_random.Next(3) > 0 || _undrained > s_longestNap)
            {
                _undrained = TimeSpan.Zero;
                _watcher.Drain();
            }

            pump.RunReady();
        }
    }

    /// <summary>Saves go on; in busy times the next one begins at once, so that there is never a pause.</summary>
    private void Write()
    {
        var now = _time.GetUtcNow();
        _person.Go(now);
        if (now < _busyUntil && !_person.IsSaving)
        {
            Act();
        }
    }

    private void Act()
    {
        if (_person.Act(_time.GetUtcNow(), maySave: true))
        {
            // A further name that is written by and gone before anybody looked at it is seen by nobody.
            _watcher.Drain();
        }
    }

    private bool Evaluate()
    {
        _evaluated = _time.GetUtcNow();
        _watcher.Trace?.Invoke($"evaluated, pending {Copy.Pending.Files}");
        _isQuiet = _evaluated - Copy.LastHint >= Copy.Config.Current.Debounce;
        return Survives(sabotage == Sabotage.EngineDoesNotWait ? () => RashEngine.EvaluateAsync(Copy, _pipeline.Recorder) : () => _engine.EvaluateAsync(CancellationToken.None), PassSomeTime);
    }

    /// <summary>A status in the middle of everything: it must be exactly right.</summary>
    private async Task AskAsync()
    {
        _files.WhileReading = null;
        _watcher.Trace?.Invoke("asked");
        await Copy.CatchUpAsync(CancellationToken.None);
        using var turn = await Copy.Turns.TakeAsync(CancellationToken.None);
        await new ContentCollector(Copy).LookAsync(null, CancellationToken.None);
        var tip = await TipAsync();
        var told = WorkingChanges.List(Copy.Index).ToDictionary(change => change.Path.ToString(), change => change.New is null, StringComparer.Ordinal);
        var there = Present();
        foreach (var path in tip.Keys.Concat(there.Keys).Distinct())
        {
            var differs = !(tip.TryGetValue(path, out var entry) && there.TryGetValue(path, out var now) && Same(entry, now));
            Check(told.TryGetValue(path, out var deleted) == differs && (!differs || deleted == !there.ContainsKey(path)), $"status is wrong about {path}");
        }

        Counts.Questions++;
    }

    private Dictionary<string, SimulatedNode> Present() =>
        _files.Files().Where(file => !file.Key.EndsWith('~')).ToDictionary(StringComparer.Ordinal);

    private static bool Same(DirectoryEntry entry, SimulatedNode file) =>
        entry.Hash == ContentHash.OfContent(file.Bytes) && entry.Kind == (file.IsExecutable ? EntryKind.Executable : EntryKind.File);

    private async Task<Dictionary<string, DirectoryEntry>> TipAsync() => Copy.Position.Tip is { } tip ? await FilesOfAsync(tip) : [];

    private async Task<Dictionary<string, DirectoryEntry>> FilesOfAsync(SnapshotId id)
    {
        var snapshot = await Copy.Graph.ReadSnapshotAsync(id, CancellationToken.None);
        var changes = await DirectoryDiff.CompareAsync(Copy.Graph, null, snapshot.Root, CancellationToken.None);
        return changes.ToDictionary(change => change.Path.ToString(), change => change.New!, StringComparer.Ordinal);
    }

    /// <summary>Looks at a snapshot that was just made by itself: nothing in it is half a save, and all of it can be read.</summary>
    private async Task LookAtAsync(NewSnapshot made, IReadOnlyDictionary<string, DirectoryEntry> before)
    {
        var files = await FilesOfAsync(made.Id);
        foreach (var (path, entry) in files)
        {
            Check(_person.WasWhole(path, entry.Hash), $"the snapshot has half a save at {path}");
            Check(await _store.TryReadAsync(entry.Hash, CancellationToken.None) is not null, $"the content of {path} is not in the store");
        }

        // In a storm that never pauses a snapshot is made after 5 s all the same, and a file that stands aside just then is not in it.
        foreach (var path in before.Keys.Where(path => _isQuiet && !files.ContainsKey(path)))
        {
            Check(_person.Removed.Contains(path), $"{path} is missing in the middle of a save");
        }

        Counts.Snapshots++;
        Counts.AmidSaves += _person.IsSaving ? 1 : 0;
    }

    /// <summary>Runs something that the disk may end. Gives false when it did.</summary>
    private bool Survives(Func<Task> work, Action? between = null)
    {
        var made = new List<NewSnapshot>();
        void Note(NewSnapshot snapshot)
        {
            _acknowledged.Add(snapshot.Id);
            _watcher.Trace?.Invoke($"snapshot: {string.Join(", ", snapshot.Changes.Select(change => change.Path))}");
            made.Add(snapshot);
        }

        var before = new Dictionary<string, DirectoryEntry>(StringComparer.Ordinal);
        var survived = true;
        pump.Run(
            async () =>
            {
                try
                {
                    before = await TipAsync();
                    _pipeline.Recorder.Recorded += Note;
                    await work();
                    foreach (var snapshot in made)
                    {
                        await LookAtAsync(snapshot, before);
                    }
                }
                catch (Exception e) when (_disk.HasFailed && e is IOException or StorePoisonedException)
                {
                    survived = false;
                }
                finally
                {
                    _pipeline.Recorder.Recorded -= Note;
                }
            },
            Nudge,
            between);
        return survived;
    }

    /// <summary>A snapshot takes time, in which whoever saves goes on, and events come in.</summary>
    private void PassSomeTime()
    {
        if (_random.Next(3) == 0)
        {
            _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 40)));
            Write();
            if (!_isAtEnd && _random.Next(4) == 0)
            {
                Act();
            }

            _watcher.Drain();
        }
    }

    /// <summary>Somebody waits for the clock, or for an event that lies in the kernel's queue.</summary>
    private void Nudge()
    {
        Counts.Waits++;
        _watcher.Drain();
        pump.RunReady();
        _time.Advance(TimeSpan.FromMilliseconds(25));
        _person.Go(_time.GetUtcNow()); // Whoever saves does not wait for the agent.
    }

    /// <summary>The machine loses power and starts again: all that was acknowledged is there, and what changed is noticed.</summary>
    private void LosePower()
    {
        Counts.PowerLosses++;
        _watcher.Trace?.Invoke("power lost");
        var after = _disk.LosePower(_random);
        Stop();
        _disk = after;
        Start();
    }

    private void Finish()
    {
        _disk.FailAfter = -1;
        if (_disk.HasFailed)
        {
            LosePower();
        }

        (_busyUntil, _isAtEnd) = (default, true);

        // Long enough for every save to end, and for the engine to see that nothing happens any more.
        _watcher.Limit = int.MaxValue;
        while (_person.IsSaving)
        {
            Advance(TimeSpan.FromMilliseconds(200));
        }

        for (var second = 0; second < 8; second++)
        {
            Advance(TimeSpan.FromSeconds(1));
            _watcher.Drain();
            pump.RunReady();
            Check(Evaluate(), "the disk failed after its end");
        }

        pump.Run(
            async () =>
            {
                var tip = await TipAsync();
                var there = Present();
                var wrong = tip.Keys.Concat(there.Keys).Distinct().Where(path => !(tip.TryGetValue(path, out var entry) && there.TryGetValue(path, out var file) && Same(entry, file)));
                Check(!wrong.Any(), $"the engine did not record what is there: {string.Join(", ", wrong)}; pending {Copy.Pending}");
            },
            Nudge);
        Stop();
        Counts.Overflows += _watcher.Overflows;
    }

    private void Start() => pump.Run(StartAsync, Nudge);

    private async Task StartAsync()
    {
        var opened = await ObjectStore.OpenAsync(folder.At("store"), new StoreOptions { Files = _disk, Clock = _time, SegmentBytes = 64 * 1024, Scheduler = TaskScheduler.FromCurrentSynchronizationContext() }, CancellationToken.None);
        Check(opened.IsOk, opened.IsOk ? "" : opened.Error.ToString());
        _store = opened.Value;
        Check(_store.Recovery.Damage.Count == 0, "the store is damaged");
        var identity = new CopyIdentity { Copy = new CopyId(1).ToString(), Worktree = new WorktreeId(2).ToString(), Tree = new TreeId(3).ToString(), Store = "store", Name = "work" };
        var config = ConfigStack.ForWorktree(new ConfigPaths(folder.At("system.toml"), folder.At("user.toml")), folder.Path, s_environment);
        var copy = new OpenCopy(new CopyParts(identity, folder.Path, _store, _files, _watcher, config, _time, new SeededEntropy(_random)));
        _pipeline = new AgentPipeline(copy, new EventHub(_time), new AgentLog(folder.At("log"), _time, () => "error"), sync: null);
        _engine = new AutoSnapshotStage(copy, _pipeline.Recorder);
        foreach (var id in _acknowledged)
        {
            var files = await FilesOfAsync(id);
            foreach (var (path, entry) in files)
            {
                Check(await _store.TryReadAsync(entry.Hash, CancellationToken.None) is not null, $"acknowledged snapshot {id}: {path} is lost");
            }
        }

        if (copy.Refs.Copy(copy.Identity.CopyId) is null)
        {
            await using var transaction = _store.Begin();
            StoreRefs.SetCopy(transaction, copy.Identity.CopyId, new CopyRecord(copy.Root, "main"));
            await transaction.CommitAsync(CancellationToken.None);
        }

        Check(_acknowledged.Count == 0 || await IsOnLineAsync(_acknowledged[^1]), "the line is lost");
        using var turn = await copy.Turns.TakeAsync(CancellationToken.None);
        await copy.Index.LoadBaseAsync(copy.Graph, copy.Position.Tip is { } tip ? (await copy.Graph.ReadSnapshotAsync(tip, CancellationToken.None)).Root : null, CancellationToken.None);
        _pipeline.StartWatching();
        copy.Scanner.ScanAll(CancellationToken.None);
        copy.PublishPending(changedNow: true);
        copy.Ready.SetResult();
    }

    /// <summary>The line stands on the last snapshot that was acknowledged, or on one after it that was durable before anybody was told.</summary>
    private async Task<bool> IsOnLineAsync(SnapshotId last)
    {
        var at = Copy.Position.Tip;
        for (var steps = 0; at is { } id && id != last && steps < 8; steps++)
        {
            var parents = (await Copy.Graph.ReadSnapshotAsync(id, CancellationToken.None)).Parents;
            at = parents.IsEmpty ? null : parents[0];
        }

        return at == last;
    }

    private void Stop() => pump.RunToEnd(
        async () =>
        {
            await _pipeline.DisposeAsync();
            try
            {
                await _store.DisposeAsync();
            }
            catch (Exception e) when (_disk.HasFailed && e is IOException or StorePoisonedException)
            {
                // It can no longer be closed in order.
            }
        });

    private void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"seed {seed}: {what}");
        }
    }
}
