using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt merge</c>: joins another line of history into this one.</summary>
internal static class MergeCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("merge", "Merge a branch or snapshot into the current line", "wt merge feature/login", "wt merge main@server");
        var revision = command.Take(new Argument<string>("revision") { Description = "A branch, branch@server or snapshot" });
        var message = command.Take(new Option<string?>("--message", "-m") { Description = "The merge's message" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.Merge, new MergeParams(parse.GetValue(revision)!, parse.GetValue(message)),
                IpcJson.Default.MergeParams, IpcJson.Default.MergeResult, cancellationToken);
            report.Answer(result, IpcJson.Default.MergeResult, r => Render(report, r));
            return result.Outcome == "conflicted" ? ExitCodes.Conflict : ExitCodes.Ok;
        });
    }

    /// <summary>Writes how a merge came out; <c>wt pull</c> says it the same way.</summary>
    internal static void Render(Reporter report, MergeResult result)
    {
        var at = result.Snapshot is { } id ? $" at {report.Style.Yellow(id[..12])}" : "";
        report.Line(result.Outcome switch
        {
            "up_to_date" => $"Already up to date{at}.",
            "fast_forward" => $"Fast-forwarded{at}: {result.FilesChanged:N0} files changed.",
            "merged" => $"Merged{at}: {result.FilesChanged:N0} files changed.",
            _ => report.Style.Red($"Merged{at} with {result.Conflicts.Count} conflicts:"),
        });
        foreach (var conflict in result.Conflicts)
        {
            report.Line($"  {report.Style.Red("C")} {conflict.Path}  {report.Style.Dim(conflict.Kind)}");
        }

        if (result.Conflicts.Count > 0)
        {
            report.Line("Nothing is lost: both versions are in the snapshot. Edit the files, then 'wt snapshot'; or 'wt resolve' takes a side.");
        }
    }
}
