using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt revert</c> and <c>wt cherry</c>: one snapshot's changes, taken back or made here.</summary>
internal static class CarryCommands
{
    public static Command CreateRevert(CommandContext context) => Create(
        context, Methods.Revert, new WtCommand("revert", "Take the changes of one snapshot back, in a new snapshot", "wt revert 3f9a12", "wt revert main~2 --parent 1"), "Reverted");

    public static Command CreateCherry(CommandContext context) => Create(
        context, Methods.Cherry, new WtCommand("cherry", "Make the changes of one snapshot here, in a new snapshot that records where they come from", "wt cherry feature/login"), "Carried over");

    private static WtCommand Create(CommandContext context, string method, WtCommand command, string done)
    {
        var revision = command.Take(new Argument<string>("revision") { Description = "The snapshot" });
        var parent = command.Take(new Option<int?>("--parent") { Description = "For a merge: the parent against which its changes are counted, from 1" });
        var message = command.Take(new Option<string?>("--message", "-m") { Description = "The new snapshot's message" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                method, new CarryParams(parse.GetValue(revision)!, parse.GetValue(parent), parse.GetValue(message)),
                IpcJson.Default.CarryParams, IpcJson.Default.MergeResult, cancellationToken);
            report.Answer(result, IpcJson.Default.MergeResult, r => Render(report, r, done));
            return result.Outcome == "conflicted" ? ExitCodes.Conflict : ExitCodes.Ok;
        });
    }

    private static void Render(Reporter report, MergeResult result, string done)
    {
        if (result.Outcome == "up_to_date")
        {
            report.Line("Nothing to do: the line is as if it had been done.");
        }
        else if (result.Outcome == "conflicted")
        {
            MergeCommand.Render(report, result);
        }
        else
        {
            report.Line($"{done} at {report.Style.Yellow(result.Snapshot![..12])}: {result.FilesChanged:N0} files changed.");
        }
    }
}
