using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Changes;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Snapshots;

/// <summary>Makes snapshots by itself when a trigger says so. Evaluated at an interval; never waits for sync.</summary>
internal sealed class AutoSnapshotStage(OpenCopy copy, SnapshotRecorder recorder) : IPulsedStage
{
    private PendingSummary _left;

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
        if (pending == _left || SnapshotTriggers.Evaluate(pending, copy.Config.Current.Triggers, copy.Time.GetUtcNow()) is not { } trigger)
        {
            return;
        }

        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        var recorded = await recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Auto, null, Cause(trigger)), null, cancellationToken);
        if (!recorded.IsOk)
        {
            copy.Faults.Record(Name, copy.Root, recorded.Error.ToString());
        }

        _left = copy.Pending;
    }

    private static string Cause(SnapshotTrigger trigger) => trigger switch
    {
        SnapshotTrigger.Inactivity => "nothing changed any more for a while",
        SnapshotTrigger.Files => "many files changed",
        _ => "much content changed",
    };
}
