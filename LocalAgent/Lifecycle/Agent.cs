using System.Diagnostics;
using System.Reflection;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Git;
using W0rktree.LocalAgent.Ipc;
using W0rktree.LocalAgent.Ipc.Handlers;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// The agent of one user: holds the lock that makes it the only one, the open working copies, the socket, and the order in
/// which all that starts and ends.
/// </summary>
internal sealed class Agent : IAsyncDisposable
{
    private readonly AgentParts _parts;
    private readonly StoreLock _lock;
    private readonly RootList _roots;
    private readonly RunMarks _marks;
    private readonly HandlerTable _handlers = new();
    private readonly GitHandlers _git;
    private readonly CancellationTokenSource _stopRequested = new();
    private readonly CancellationTokenSource _stopWork = new();
    private readonly PreviousRun _previous;
    private readonly long _started;
    private IpcServer? _server;
    private bool _isReady;

    private Agent(AgentPaths paths, TimeProvider time, IEntropy entropy, StoreLock taken, ISyncFactory? sync)
    {
        _lock = taken;
        Time = time;
        _started = time.GetTimestamp();
        Config = ConfigStack.ForUser(ConfigPaths.For(paths.Config), paths.Environment);
        Log = new AgentLog(paths.Log, time, () => Config.Current.LogLevel);
        Events = new EventHub(time);
        _parts = new AgentParts(paths, time, entropy, Events, Log, sync, _stopWork.Token);
        _roots = new RootList(paths.Roots);
        _marks = new RunMarks(paths, time);
        _previous = _marks.Read();
        Copies = new CopyBook(_parts, _roots, _previous);
        Init = new WorktreeInit(_parts, Copies);
        Linked = new LinkedCopies(Copies, Init);
        _handlers.AddWorker(this).AddStatus().AddLine().AddBranches().AddCopies(this).AddHistory().AddBlame().AddBisect().AddArchive().AddDiff().AddConflicts().AddInspection().AddIgnoreAdd().AddConfiguration(this);
        _git = new GitHandlers(_parts, Init, Copies);
        _git.AddTo(_handlers);
    }

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(Agent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public TimeProvider Time { get; }

    public ConfigStack Config { get; }

    public EventHub Events { get; }

    public AgentLog Log { get; }

    public CopyBook Copies { get; }

    public WorktreeInit Init { get; }

    public LinkedCopies Linked { get; }

    /// <summary>Gets the table in which further rooms register their methods, before <see cref="RunAsync"/>.</summary>
    public HandlerTable Handlers => _handlers;

    /// <summary>Becomes the user's agent, or gives null where another one is.</summary>
    public static Agent? TryBecome(AgentPaths paths, TimeProvider time, IEntropy entropy, ISyncFactory? sync)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(paths.Data);
        }
        else
        {
            Directory.CreateDirectory(paths.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var taken = StoreLock.TryTake(paths.Lock, "worktree-worker");
        return taken.IsOk ? new Agent(paths, time, entropy, taken.Value, sync) : null;
    }

    /// <summary>Asks the agent to end; returns at once.</summary>
    public void RequestStop(string why)
    {
        Log.Info($"stopping: {why}");
        _stopRequested.CancelAfter(TimeSpan.FromMilliseconds(50)); // So that the answer to the request gets out first.
    }

    /// <summary>Serves until asked to stop, then ends cleanly.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopRequested.Token, cancellationToken);
        using var server = new IpcServer(_parts.Paths, _handlers, Copies, Log, Time, () => Config.Current);
        _server = server;
        await _marks.BeginAsync(CancellationToken.None);

        RemoveUnfinishedClones();

        // The socket opens before the stores: a client that waits sees the agent recover instead of nothing.
        server.Listen();
        Log.Info($"worktree-worker {Version} (pid {Environment.ProcessId}) listens at {_parts.Paths.Socket}{(_previous.WasCutOff ? "; the run before was cut off" : "")}");
        var serving = server.RunAsync(stop.Token, _stopWork.Token);
        await OpenRootsAsync(stop.Token);
        _isReady = true;
        using var upkeep = new Upkeep(this, _parts);
        var loops = upkeep.RunAsync(stop.Token);
        await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await loops;
        await new Shutdown(this, _parts, _stopWork).RunAsync(serving);
        await _marks.EndAsync();
        Log.Info("ended cleanly");
    }

    /// <summary>Describes the agent.</summary>
    public WorkerStatusResult Status() => new WorkerReport(this, _parts, _server!).Make(State(), Time.GetElapsedTime(_started));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopWork.CancelAsync();
        Init.Dispose();
        _git.Dispose();
        await Copies.DisposeAsync();
        _roots.Dispose();
        _stopRequested.Dispose();
        _stopWork.Dispose();
        Log.Dispose();
        _lock.Dispose();
    }

    private void RemoveUnfinishedClones()
    {
        try
        {
            if (new UnfinishedClones(_parts.Paths).Sweep() is > 0 and var count)
            {
                Log.Info($"removed {count} stores of clones that were cut off");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Warn($"what a clone left could not be removed: {e.Message}");
        }
    }

    private string State() =>
        _stopRequested.IsCancellationRequested ? "stopping"
        : !_isReady ? "starting"
        : Copies.Open.Any(pipeline => !pipeline.Copy.Ready.Task.IsCompleted) ? "recovering"
        : Copies.Open.Any(pipeline => pipeline.Failing is not null || pipeline.Copy.Ready.Task.IsFaulted) ? "degraded"
        : "running";

    private async Task OpenRootsAsync(CancellationToken cancellationToken)
    {
        foreach (var root in _roots.Load())
        {
            try
            {
                if (!File.Exists(WorktreeRoot.IdentityFile(root)))
                {
                    Log.Warn($"'{root}' is no worktree any more; it is forgotten until a command names it");
                    await _roots.RemoveAsync(root, cancellationToken);
                }
                else if (await Copies.OpenAsync(root, cancellationToken) is { IsOk: false, Error: var error })
                {
                    Log.Error($"'{root}' could not be opened: {error}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.Error($"'{root}' could not be opened: {e.Message}");
            }
        }
    }
}
