using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy.Index;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>
/// A working copy that the agent has open: its store, its files, its index and where its line stands. Index and files are
/// used only by whoever holds the turn; what others may read at any time is published in <see cref="Position"/> and
/// <see cref="Pending"/>.
/// </summary>
internal sealed class OpenCopy : IDisposable
{
    /// <summary>A cookie takes milliseconds; after this long something holds the pipeline up, and a scan is surer than waiting.</summary>
    private static readonly TimeSpan s_cookieLimit = TimeSpan.FromSeconds(5);

    private readonly string? _networkType;
    private volatile CopyPosition _position;
    private long _lastHint;
    private volatile StrongBox<PendingSummary> _pending = new(PendingSummary.None);

    public OpenCopy(CopyParts parts)
    {
        Identity = parts.Identity;
        Root = parts.Root;
        Store = parts.Store;
        Graph = new ObjectGraph(parts.Store);
        Refs = new StoreRefs(parts.Store);
        Files = parts.Files;
        Watcher = parts.Watcher;
        Config = parts.Config;
        Time = parts.Time;
        Entropy = parts.Entropy;
        _networkType = NetworkFileSystems.TypeOf(parts.Root);
        Faults = new FaultLog(parts.Time);
        Cookies = new StatusCookies(parts.Files, parts.Time);
        Ignores = new IgnoreBook(parts.Files, () => parts.Config.Current.HonoursGitIgnore);
        Scanner = new TreeScanner(parts.Files, parts.Watcher, Index, Ignores);
        _position = Refs.PositionOf(parts.Identity.CopyId) ?? new CopyPosition(BranchName.Main, null);
    }

    public CopyIdentity Identity { get; }

    public string Root { get; }

    public ObjectStore Store { get; }

    public ObjectGraph Graph { get; }

    public StoreRefs Refs { get; }

    public IWorkingDirectory Files { get; }

    public IFileWatcher Watcher { get; }

    public ConfigStack Config { get; }

    public TimeProvider Time { get; }

    public IEntropy Entropy { get; }

    public FaultLog Faults { get; }

    public StatusCookies Cookies { get; }

    public TurnLock Turns { get; } = new();

    public WorkingIndex Index { get; } = new();

    public IgnoreBook Ignores { get; }

    public TreeScanner Scanner { get; }

    /// <summary>Gets the branch and the tip of its line. Set under the turn, after the store has it.</summary>
    public CopyPosition Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>Gets what changed since the tip, as of the last event. Set under the turn.</summary>
    public PendingSummary Pending => _pending.Value;

    /// <summary>Gets or sets how many directories the line's tip has, which the first scan will find unless many are new; null before it is known.</summary>
    public int? DirectoriesExpected { get; set; }

    /// <summary>Gets when the file system last said that something changed, however little came of it.</summary>
    public DateTimeOffset LastHint => new(Interlocked.Read(ref _lastHint), TimeSpan.Zero);

    /// <summary>Notes that the file system said something.</summary>
    public void NoteHint() => Interlocked.Exchange(ref _lastHint, Time.GetUtcNow().Ticks);

    /// <summary>Gets or sets what the start found after a run that did not end cleanly.</summary>
    public Protocol.Ipc.RecoveryReport? Recovery { get; set; }

    /// <summary>
    /// Gets why watching alone does not tell every change, so that the directory is also scanned at intervals and at each
    /// question; null where it does.
    /// </summary>
    public string? WatchProblem =>
        Config.Current.PollFallback ? "worker.watcher.poll_fallback is set"
        : Watcher.Degraded ?? (_networkType is { } type ? $"it lies on a file system of the network ({type}), where changes by others are not told" : null);

    /// <summary>Gets how changes are noticed, for <c>wt worker status</c>.</summary>
    public string WatchBackend => Config.Current.PollFallback ? "poll" : WatchProblem is null ? Watcher.Backend : $"{Watcher.Backend}+poll";

    /// <summary>Gets whether the first scan is done, so that the index speaks the truth.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Waits until the index has everything that was written before the call. Where the watcher cannot tell in time, or sees
    /// not everything, the directory is scanned.
    /// </summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await Ready.Task.WaitAsync(cancellationToken);
        var seen = WatchProblem is null && await Cookies.PassAsync(s_cookieLimit, cancellationToken);
        using var turn = await Turns.TakeAsync(cancellationToken);
        if (!seen)
        {
            Scanner.ScanAll(cancellationToken);
            PublishPending(changedNow: false);
        }
        else if (Scanner.LookAtUnwatchedNames(cancellationToken))
        {
            PublishPending(changedNow: false);
        }
    }

    /// <summary>Sums up the index for the triggers.</summary>
    public void PublishPending(bool changedNow)
    {
        long bytes = 0;
        foreach (var node in Index.Pending)
        {
            bytes += node.Found is { } found ? found.Stamp.SizeBytes : (long)(node.Base?.SizeBytes ?? 0);
        }

        var last = changedNow || Pending.Files == 0 ? Time.GetUtcNow() : Pending.LastChange;
        _pending = new StrongBox<PendingSummary>(new PendingSummary(Index.Pending.Count, bytes, last));
    }

    /// <summary>Takes away what a checkout replaced, after its answer: nobody waits for it.</summary>
    public void DropReplacedSoon() => _ = Task.Run(() => DropReplaced(all: false));

    /// <summary>Takes away what a checkout replaced; with <paramref name="all"/> also what is at hand for going back.</summary>
    public void DropReplaced(bool all)
    {
        try
        {
            Files.DropReplaced(all);
        }
        catch (IOException e)
        {
            Faults.Record("checkout", Root, e);
        }
        catch (ObjectDisposedException)
        {
            // The copy was closed meanwhile; the next start clears the rest away.
        }
    }

    public void Dispose()
    {
        DropReplaced(all: true);
        Turns.Dispose();
        Watcher.Dispose();
        Files.Dispose();
    }

    /// <summary>A reference to a value, so that several words are published in one step.</summary>
    private sealed class StrongBox<T>(T value)
    {
        public T Value => value;
    }
}

/// <summary>What an <see cref="OpenCopy"/> is made of.</summary>
internal sealed record CopyParts(
    CopyIdentity Identity, string Root, ObjectStore Store, IWorkingDirectory Files, IFileWatcher Watcher, ConfigStack Config, TimeProvider Time, IEntropy Entropy);

/// <summary>Where a working copy stands: its branch, and the tip of its line on it, null before the first snapshot.</summary>
internal sealed record CopyPosition(BranchName Branch, SnapshotId? Tip);
