using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Snapshots;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// Ends the agent's work in order and in time: requests drain, what is pending is kept in a snapshot, stages stop, indexes
/// are written. A step that takes too long is left out; the next start makes up for it.
/// </summary>
internal sealed class Shutdown(Agent agent, AgentParts parts, CancellationTokenSource stopWork)
{
    /// <summary>The part of the whole time that each step may take at most.</summary>
    private const double StepShare = 0.3;

    private readonly long _began = parts.Time.GetTimestamp();

    /// <summary>Runs the steps.</summary>
    public async Task RunAsync(Task serving)
    {
        foreach (var pipeline in agent.Copies.Open)
        {
            await StepAsync($"{pipeline.Copy.Root}: the last snapshot", token => KeepPendingAsync(pipeline, token));
        }

        await stopWork.CancelAsync();
        await StepAsync("the requests", token => serving.WaitAsync(token));
        foreach (var pipeline in agent.Copies.Open)
        {
            await StepAsync($"{pipeline.Copy.Root}: the stages", token => pipeline.StopAsync().WaitAsync(token));
            await StepAsync($"{pipeline.Copy.Root}: the index", token => SaveAsync(pipeline, token));
        }
    }

    private static async Task KeepPendingAsync(AgentPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!pipeline.Copy.Ready.Task.IsCompletedSuccessfully)
        {
            return;
        }

        await pipeline.Copy.CatchUpAsync(cancellationToken);
        using var turn = await pipeline.Copy.Turns.TakeAsync(cancellationToken);
        if (pipeline.Copy.Index.Pending.Count > 0)
        {
            await pipeline.Recorder.RecordAsync(turn, new SnapshotRequest(SnapshotKind.Auto, null, "the agent was stopped"), null, cancellationToken);
        }
    }

    private async Task SaveAsync(AgentPipeline pipeline, CancellationToken cancellationToken)
    {
        if (pipeline.Copy.Ready.Task.IsCompletedSuccessfully)
        {
            using var turn = await pipeline.Copy.Turns.TakeAsync(cancellationToken);
            await CopyStart.SaveIndexAsync(pipeline.Copy, parts.Paths);
        }
    }

    private async Task StepAsync(string name, Func<CancellationToken, Task> step)
    {
        using var late = new CancellationTokenSource(Share(agent.Config.Current.ShutdownTimeout, parts.Time.GetElapsedTime(_began)), parts.Time);
        try
        {
            await step(late.Token);
        }
        catch (OperationCanceledException)
        {
            parts.Log.Warn($"{name} took too long and was left out");
        }
        catch (Exception e)
        {
            parts.Log.Error($"{name}: {e}");
        }
    }

    /// <summary>Gives the time of the next step: its share, and never more than is left of the whole.</summary>
    internal static TimeSpan Share(TimeSpan whole, TimeSpan elapsed)
    {
        var left = (whole * 0.95) - elapsed;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < whole * StepShare ? left : whole * StepShare;
    }
}
