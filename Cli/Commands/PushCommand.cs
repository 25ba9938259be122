using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt push</c>: puts the line into the branch's history on the server.</summary>
internal static class PushCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("push", "Put your line into the branch's history on the server", "wt push -m \"Sign in with a passkey\"", "wt push --to acme/shop");
        var message = command.Take(new Option<string?>("--message", "-m") { Description = "The message of the snapshot that ends the automatic ones" });
        var keepAll = command.Take(new Option<bool>("--keep-all") { Description = "Push every snapshot as it is, automatic ones too" });
        var to = command.Take(new Option<string?>("--to") { Description = "OWNER/NAME, at the first push of a new worktree" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.Push, new PushParams(parse.GetValue(message), parse.GetValue(keepAll), parse.GetValue(to)),
                IpcJson.Default.PushParams, IpcJson.Default.PushResult, cancellationToken);
            report.Answer(result, IpcJson.Default.PushResult, r =>
            {
                if (r.Outcome == "up_to_date")
                {
                    report.Line($"{r.Branch} on the server has everything already.");
                    return;
                }

                var before = r.Before is { } id ? $"{id[..12]} -> " : "";
                report.Line($"Pushed {report.Style.Cyan(r.Branch)}: {before}{report.Style.Yellow(r.After[..12])}, {r.Snapshots:N0} snapshots{(r.Folded > 0 ? $" ({r.Folded:N0} automatic ones folded)" : "")}, {r.BytesSent:N0} bytes");
                if (r.MessageUsed == false)
                {
                    report.Note("The message was not used: every snapshot that was pushed has one of its own.");
                }
            });
        });
    }
}
