using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt pull</c>: brings what the server has into the line.</summary>
internal static class PullCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("pull", "Fetch the branch from the server and fast-forward or merge it", "wt pull");
        var message = command.Take(new Option<string?>("--message", "-m") { Description = "The message, where it comes to a merge" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.Pull, new PullParams(parse.GetValue(message)), IpcJson.Default.PullParams, IpcJson.Default.MergeResult, cancellationToken);
            report.Answer(result, IpcJson.Default.MergeResult, r => MergeCommand.Render(report, r));
            return result.Outcome == "conflicted" ? ExitCodes.Conflict : ExitCodes.Ok;
        });
    }
}
