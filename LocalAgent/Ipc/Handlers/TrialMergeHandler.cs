using W0rktree.Core;
using W0rktree.LocalAgent.Git;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc.Handlers;

/// <summary>
/// Answers merges for scripts. What one request learned of a history serves the next, if it comes soon: scripts ask for thousands
/// of merges, some at a time.
/// </summary>
internal sealed class TrialMergeHandler
{
    /// <summary>After this the memory is given back.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(10);

    private Kept? _kept;

    public async Task<Result<DebugMergeResult>> MergeAsync(RequestContext context, DebugMergeParams p, CancellationToken cancellationToken)
    {
        var found = await context.CopyAsync(cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var copy = found.Value.Copy;
        var kept = Interlocked.Exchange(ref _kept, null);
        kept?.Dispose();
        var trials = kept?.Copy == copy ? kept.Trials : await TrialMerges.CreateAsync(copy, cancellationToken);
        using var reading = copy.Store.ReadMuch();
        using var progress = new Heartbeat(context.Progress, copy.Time, new ProgressInfo("merging", 0, null, "merges"));
        var answered = 0;
        await trials.RunAsync(
            p.Merges,
            async answer =>
            {
                progress.Report(new ProgressInfo("merging", answered++, p.Merges.Count, "merges"));
                await context.SendAsync(answer, IpcJson.Default.TrialMergeEvent, cancellationToken);
            },
            cancellationToken);
        Interlocked.Exchange(ref _kept, new Kept(copy, trials, this))?.Dispose();
        return new DebugMergeResult(p.Merges.Count);
    }

    private sealed class Kept : IDisposable
    {
        private readonly ITimer _timer;

        public Kept(OpenCopy copy, TrialMerges trials, TrialMergeHandler handler)
        {
            (Copy, Trials) = (copy, trials);
            _timer = copy.Time.CreateTimer(_ => Interlocked.CompareExchange(ref handler._kept, null, this), null, s_kept, Timeout.InfiniteTimeSpan);
        }

        public OpenCopy Copy { get; }

        public TrialMerges Trials { get; }

        public void Dispose() => _timer.Dispose();
    }
}
