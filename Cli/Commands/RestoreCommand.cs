using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt restore</c>: brings paths back.</summary>
internal static class RestoreCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("restore", "Bring files or folders back from a snapshot; what they held is kept in a snapshot first", "wt restore src/app.cs", "wt restore --from main~3 src/", "wt restore --from 41 src/app.cs");
        var paths = command.Take(new Argument<string[]>("paths") { Description = "Files and folders", Arity = ArgumentArity.OneOrMore });
        var from = command.Take(new Option<string?>("--from", "-f") { Description = "A snapshot, branch or branch@server, or the number of a reflog entry; the line's tip by default" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.Restore, new RestoreParams(parse.GetValue(from), [.. parse.GetValue(paths)!.Select(context.Absolute)]),
                IpcJson.Default.RestoreParams, IpcJson.Default.RestoreResult, cancellationToken);
            report.Answer(result, IpcJson.Default.RestoreResult, r =>
            {
                report.Line($"{r.Files:N0} files restored.");
                if (r.SavedAs is { } saved)
                {
                    report.Line($"What they held is kept in snapshot {report.Style.Yellow(saved[..12])}.");
                }
            });
        });
    }
}
