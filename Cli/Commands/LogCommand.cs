using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt log</c>: lists history.</summary>
internal static class LogCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("log", "List snapshots from a branch or snapshot back", "wt log", "wt log --from main@server -n 20", "wt log src/app.cs") { IsLong = true };
        var from = command.Take(new Option<string?>("--from", "-r") { Description = "Where to start: a snapshot, branch, branch@server, or @ for the line's tip, each with ~N" });
        var limit = command.Take(new Option<int?>("--limit", "-n") { Description = "The most to list; 50 by default on a terminal" });
        var path = command.Take(new Argument<string?>("path") { Description = "Only snapshots that change this path", Arity = ArgumentArity.ZeroOrOne });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var most = parse.GetValue(limit) ?? (context.Terminal.OutputIsTerminal && !report.Json ? 50 : null);
            var result = await context.AskAsync(
                Methods.Log, new LogParams(parse.GetValue(from), parse.GetValue(path) is { } p ? context.Absolute(p) : null, most, null),
                IpcJson.Default.LogParams, IpcJson.Default.LogResult, cancellationToken,
                item => report.Item(item, IpcJson.Default.SnapshotInfo, s => report.Line(SnapshotLines.Short(report.Style, s))));
            if (result.More)
            {
                report.Note($"… more; 'wt log -n {result.Count * 4}' lists further back");
            }
        });
    }
}
