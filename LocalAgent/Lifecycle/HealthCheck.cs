using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>
/// Asks the stages of a working copy whether they live: sends a cookie through the watching ones, and looks when those that
/// work in rounds began the last. One that does not answer is started anew, or, where that is switched off, named.
/// </summary>
internal sealed class HealthCheck(AgentPipeline pipeline)
{
    /// <summary>A cookie that has not come through by then means that a stage does not answer.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Checks once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var copy = pipeline.Copy;
        if (!copy.Files.IsRootInPlace)
        {
            return;
        }

        var watching = pipeline.Keepers.FirstOrDefault(keeper => keeper.Name == "watching");
        Judge(watching, await copy.Cookies.PassAsync(AnswerLimit, cancellationToken), "the watching stages do not answer");
        foreach (var (stage, keeper) in pipeline.Pulsed)
        {
            // While somebody has the turn a stage may have to wait for it, and nothing is wrong.
            var silent = copy.Time.GetElapsedTime(stage.LastRound);
            Judge(keeper, stage.LastRound == 0 || silent <= stage.Patience || copy.Turns.IsTaken, $"no round for {silent.TotalSeconds:0} s");
        }
    }

    private void Judge(StageKeeper? keeper, bool isWell, string problem)
    {
        var copy = pipeline.Copy;
        if (keeper is null || isWell)
        {
            keeper?.MarkWell();
            return;
        }

        copy.Faults.Record("health", keeper.Name, problem);
        if (copy.Config.Current.RestartOnFailure)
        {
            keeper.Restart();
        }
        else
        {
            keeper.MarkStuck();
        }
    }
}
