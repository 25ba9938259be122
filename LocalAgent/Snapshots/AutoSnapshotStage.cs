using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>Makes snapshots by itself when a trigger says so. Evaluated at an interval; never waits for sync.</summary>
internal sealed class AutoSnapshotStage(OpenCopy copy, SnapshotRecorder recorder) : IPulsedStage
{
    /// <summary>In a storm without a pause of one window, a due snapshot is made after this many all the same, as the debouncer does.</summary>
    internal const int MaxWindows = DebounceStage.MaxWindows;

    private PendingSummary _left;
    private DateTimeOffset? _dueSince;

    public string Name => "auto-snapshot";

    public TimeSpan Patience => copy.Config.Current.EvaluateInterval + TimeSpan.FromSeconds(30);

    public long LastRound { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await copy.Ready.Task.WaitAsync(cancellationToken);
        while (true)
        {
            LastRound = copy.Time.GetTimestamp();
            await copy.Config.DelayAsync(settings => settings.EvaluateInterval, copy.Time, cancellationToken);
            await EvaluateAsync(cancellationToken);
        }
    }

    /// <summary>Evaluates the triggers once.</summary>
    internal async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        var pending = copy.Pending;

        // What the last try had to leave is not tried again each second, but when something about it changed.
        var now = copy.Time.GetUtcNow();
        if (pending == _left || SnapshotTriggers.Evaluate(pending, copy.Config.Current.Triggers, now) is not { } trigger)
        {
            _dueSince = null;
            return;
        }

        // Amid a burst, files of one save would be parted: between a rename aside and the rename into place there is no file.
        var window = copy.Config.Current.Debounce;
        _dueSince ??= now;
        if (now - copy.LastHint < window && now - _dueSince < window * MaxWindows)
        {
            return;
        }

        _dueSince = null;

        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var recorded = await recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Auto, null, Cause(trigger)) { SettleFor = window }, null, cancellationToken);
        if (!recorded.IsOk)
        {
            copy.Faults.Record(Name, copy.Root, recorded.Error.ToString());
        }

        _left = recorded.IsOk && recorded.Value.LeftOut.Any(file => file.IsBeingWritten) ? PendingSummary.None : copy.Pending;
    }

    private static string Cause(SnapshotTrigger trigger) => trigger switch
    {
        SnapshotTrigger.Inactivity => "nothing changed any more for a while",
        SnapshotTrigger.Files => "many files changed",
        _ => "much content changed",
    };
}
