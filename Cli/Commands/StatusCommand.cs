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
            report.Answer(status, IpcJson.Default.StatusResult, s => StatusLines.Write(report, s));
            if (parse.GetValue(team))
            {
                var staged = await context.AskAsync(Methods.StagedList, IpcJson.Default.StagedListResult, cancellationToken);
                report.Answer(staged, IpcJson.Default.StagedListResult, list => StagedCommand.Render(report, list));
            }
        });
    }
}
