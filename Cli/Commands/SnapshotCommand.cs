using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt snapshot</c>: keeps the state as it is now.</summary>
internal static class SnapshotCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("snapshot", "Keep the state as it is now, with a message", "wt snapshot -m \"Sign in with a passkey\"");
        var message = command.Take(new Option<string?>("--message", "-m") { Description = "What the changes are" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.SnapshotCreate, new SnapshotCreateParams(parse.GetValue(message)),
                IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult, cancellationToken);
            report.Answer(result, IpcJson.Default.SnapshotCreateResult, r => SnapshotLines.Made(report, r));
        });
    }
}
