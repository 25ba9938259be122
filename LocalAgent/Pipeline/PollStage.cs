using W0rktree.LocalAgent.WorkingCopy;

namespace W0rktree.LocalAgent.Pipeline;

/// <summary>
/// Scans at intervals while the watcher does not see everything: too many directories for the kernel, a file system of the
/// network, or because the user says so. What the watcher does see is taken up at once all the same.
/// </summary>
internal sealed class PollStage(OpenCopy copy) : IPulsedStage
{
    /// <summary>How long a change may go unseen. A command scans anyway; this is for snapshots that are made by themselves.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long _seen;

    public string Name => "polling";

    public TimeSpan Patience => Interval + TimeSpan.FromSeconds(30);

    public long LastRound { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            LastRound = copy.Time.GetTimestamp();
            await Task.Delay(Interval, copy.Time, cancellationToken);
            if (copy.WatchProblem is not null)
            {
                await ScanAsync(cancellationToken);
            }
        }
    }

    /// <summary>Scans once.</summary>
    internal async Task ScanAsync(CancellationToken cancellationToken)
    {
        using var turn = await copy.Turns.TakeAsync(cancellationToken);
        copy.Scanner.ScanAll(cancellationToken);

        // A scan that finds nothing new is no change: the trigger for a quiet time counts from the last one.
        var now = Fingerprint();
        copy.PublishPending(changedNow: now != _seen);
        _seen = now;
    }

    private long Fingerprint()
    {
        var sum = 0L;
        foreach (var node in copy.Index.Pending)
        {
            unchecked
            {
                sum += HashCode.Combine(node.Path, node.Found?.Stamp); // A sum, since the order says nothing.
            }
        }

        return sum;
    }
}
