using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt undo</c>: takes back what the last command did.</summary>
internal static class UndoCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("undo", "Take back the last operation, or go to the state after an entry of the reflog; nothing is lost", "wt undo", "wt undo --to 41");
        var to = command.Take(new Option<long?>("--to") { Description = "The number of a reflog entry ('wt reflog' lists them)" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.Undo, new UndoParams(parse.GetValue(to)), IpcJson.Default.UndoParams, IpcJson.Default.UndoResult, cancellationToken);
            report.Answer(result, IpcJson.Default.UndoResult, r =>
            {
                report.Line($"Took back {r.Undone}.");
                report.Line($"On {report.Style.Green(r.Branch)} at {report.Style.Yellow(r.Snapshot[..12])}; {r.FilesWritten:N0} files written, {r.FilesDeleted:N0} deleted.");
                if (r.SavedAs is { } saved)
                {
                    report.Line($"What was unsaved is kept in snapshot {report.Style.Yellow(saved[..12])}.");
                }

                report.Line(report.Style.Dim($"'wt undo --to {r.Entry - 1}' brings it back."));
            });
        });
    }
}
