using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt status</c>: branch, changes, sync, warnings; from the agent's memory.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("status", "Show the branch, what changed since the last snapshot, sync and warnings", "wt status", "wt status --team", "wt status --json") { IsQuick = true };
        var team = command.Take(new Option<bool>("--team") { Description = "Show also what the team works on" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var status = await context.AskAsync(Methods.Status, IpcJson.Default.StatusResult, cancellationToken);
            report.Answer(status, IpcJson.Default.StatusResult, s => Render(report, s));
            if (parse.GetValue(team))
            {
                var staged = await context.AskAsync(Methods.StagedList, IpcJson.Default.StagedListResult, cancellationToken);
                report.Answer(staged, IpcJson.Default.StagedListResult, list => StagedCommand.Render(report, list));
            }
        });
    }

    /// <summary>Writes the answer for people.</summary>
    public static void Render(Reporter report, StatusResult status)
    {
        var style = report.Style;
        report.Line($"On branch {style.Cyan(status.Branch)} of {style.Bold(status.Owner is { } owner ? $"{owner}/{status.Name}" : status.Name)}");
        report.Line(status.Tip is { } tip ? $"At {SnapshotLines.Short(style, tip)}" : "No snapshot yet");
        if (status is { Ahead: > 0 } or { Behind: > 0 })
        {
            report.Line($"{status.Ahead ?? 0} ahead, {status.Behind ?? 0} behind {status.Branch}@server{Next(status)}");
        }

        RenderChanges(report, status);
        RenderSync(report, status.Sync);
        if (status.Held is { Count: > 0 } held)
        {
            HeldLines.Write(report, "held back from the server ('wt sync allow PATH' releases)", held);
        }

        foreach (var overlap in status.Overlaps)
        {
            report.Line(style.Yellow($"! {overlap.Account} works on {overlap.Path} too (branch {overlap.Branch}{(overlap.Kind == "predicted_conflict" ? ", conflict likely" : "")})"));
        }

        if (status.Recovery is { } recovery)
        {
            report.Line(style.Yellow($"! Recovered after the agent ended uncleanly: {recovery.Action}"));
        }

        foreach (var warning in status.Warnings)
        {
            report.Line(style.Yellow($"! {warning.Message}") + (warning.Hint is { } hint ? $"\n  {hint}" : ""));
        }
    }

    private static string Next(StatusResult status) => (status.Ahead ?? 0, status.Behind ?? 0) switch
    {
        ( > 0, 0) => "; 'wt push' sends them",
        (0, > 0) => "; 'wt pull' brings them",
        _ => "; 'wt pull' merges, then 'wt push'",
    };

    private static void RenderChanges(Reporter report, StatusResult status)
    {
        if (status.Conflicts.Count > 0)
        {
            report.Line(report.Style.Red($"{status.Conflicts.Count} conflicts; edit the files, then 'wt snapshot':"));
            foreach (var conflict in status.Conflicts)
            {
                report.Line($"  {report.Style.Red("C")} {conflict.Path}  {report.Style.Dim(conflict.Kind)}");
            }
        }

        if (status.Changes.Count == 0)
        {
            report.Line("Nothing has changed since");
            return;
        }

        report.Line($"{status.Changes.Count:N0} changed since ({ChangeLines.ByClass(status.Changes)}):");
        const int most = 100;
        ChangeLines.Write(report, status.Changes.Take(most));
        if (status.Changes.Count > most)
        {
            report.Line($"  … and {status.Changes.Count - most:N0} more; --json lists all");
        }
    }

    private static void RenderSync(Reporter report, SyncInfo sync)
    {
        var text = sync.State switch
        {
            "none" => "Sync: no server ('wt login URL' names one)",
            "signed_out" => $"Sync: signed out of {sync.Server} ('wt login')",
            "offline" => $"Sync: {sync.Server} does not answer, {sync.Pending} waiting; work goes on",
            "paused" => $"Sync: paused, {sync.Pending} waiting ('wt sync resume')",
            "refused" => $"Sync: refused: {sync.LastError?.Message}",
            _ => $"Sync: {sync.Server}, {(sync.Pending == 0 ? "all staged" : $"{sync.Pending} waiting")}",
        };
        report.Line(report.Style.Dim(text));
    }
}
