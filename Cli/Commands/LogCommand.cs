using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Core.History.Walks;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt log</c>: lists history.</summary>
internal static class LogCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("log", "List snapshots from a branch or snapshot back, the newest first",
            "wt log", "wt log --graph --from main@server", "wt log --follow src/app.cs", "wt log --author ada --since 2w --class dependency", "wt log -p src/app.cs", "wt log --server https://wt.example.org/acme/shop")
        { IsLong = true };
        var from = command.Take(new Option<string?>("--from", "-r") { Description = "Where to start: a snapshot, branch, branch@server, or @ for the line's tip, each with ~N" });
        var limit = command.Take(new Option<int?>("--limit", "-n") { Description = "The most to list; 50 by default on a terminal" });
        var graph = command.Take(new Option<bool>("--graph", "-g") { Description = "Draw how snapshots follow each other" });
        var author = command.Take(new Option<string?>("--author") { Description = "Only snapshots whose author's name or address contains this, in any case" });
        var classes = command.Take(new Option<string[]>("--class") { Description = "Only snapshots that changed something of this class: code, config, dependency, documentation, asset; may be repeated", AllowMultipleArgumentsPerToken = false });
        var since = command.Take(new Option<string?>("--since") { Description = "Only snapshots from then on: 2026-11-21, 2026-11-21T09:30, yesterday, '3 days ago', 2w" });
        var until = command.Take(new Option<string?>("--until") { Description = "Only snapshots up to then" });
        var follow = command.Take(new Option<bool>("--follow") { Description = "Go on under the name that the file had before it was renamed" });
        var server = command.Take(ServerOption.OfWorktree());
        var options = new DiffOptions(command, "Each with the patch of its changes; of a merge none, its changes are those of what it joined");
        var path = command.Take(new Argument<string?>("path") { Description = "Only snapshots that change this path", Arity = ArgumentArity.ZeroOrOne });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var most = parse.GetValue(limit) ?? (context.Terminal.OutputIsTerminal && !report.Json ? 50 : null);
            var parameters = new LogParams(parse.GetValue(from), parse.GetValue(path) is { } p ? context.Absolute(p) : null, most, null)
            {
                Author = parse.GetValue(author),
                Classes = parse.GetValue(classes) is { Length: > 0 } wanted ? wanted : null,
                Since = Time(context, parse.GetValue(since)),
                Until = Time(context, parse.GetValue(until)),
                Follow = parse.GetValue(follow),
                Joined = parse.GetValue(graph),
            };
            if (parameters.Follow && parameters.Path is null)
            {
                throw AgentException.Of(ErrorCodes.InvalidArgument, "--follow follows one file, and none is named.", "wt log --follow FILE");
            }

            if (parse.GetValue(server) is { } address)
            {
                if (options.AnyForm(parse))
                {
                    throw AgentException.Of(ErrorCodes.InvalidArgument, "A server lists history without changes.", "Ask in a working copy.");
                }

                await AskServerAsync(context, report, address, parameters, parse.GetValue(path), cancellationToken);
                return;
            }

            if (!options.AnyForm(parse))
            {
                await ListAsync(context, report, parameters, cancellationToken);
                return;
            }

            if (parameters.Joined)
            {
                throw AgentException.Of(ErrorCodes.InvalidArgument, "A graph has a line for each snapshot, and no place for changes.", "Leave --graph out, or 'wt show' one of them.");
            }

            await ShowAsync(context, report, parameters, changes => options.Apply(parse, report.Json, changes), cancellationToken);
        });
    }

    private static async Task ListAsync(CommandContext context, Reporter report, LogParams parameters, CancellationToken cancellationToken)
    {
        var drawing = parameters.Joined ? new GraphLines() : null;
        var result = await context.AskAsync(
            Methods.Log, parameters, IpcJson.Default.LogParams, IpcJson.Default.LogResult, cancellationToken,
            item => report.Item(item, IpcJson.Default.SnapshotInfo, s => Write(report, drawing, s)));
        Note(report, result);
    }

    /// <summary>Lists snapshots with their changes. Those are another question for each, which is asked when the first one is answered.</summary>
    private static async Task ShowAsync(CommandContext context, Reporter report, LogParams parameters, Func<DiffParams, DiffParams> options, CancellationToken cancellationToken)
    {
        var listed = new List<JsonElement>();
        var result = await context.AskAsync(
            Methods.Log, parameters, IpcJson.Default.LogParams, IpcJson.Default.LogResult, cancellationToken, item => listed.Add(item.Clone()));
        foreach (var item in listed)
        {
            report.Item(item, IpcJson.Default.SnapshotInfo, s =>
            {
                SnapshotLines.Head(report, s);
                report.Line("");
            });
            if (item.Deserialize(IpcJson.Default.SnapshotInfo) is { Parents.Count: < 2 } snapshot)
            {
                await context.Terminal.Output.FlushAsync(cancellationToken);
                string[]? paths = snapshot.Path is { } called ? [called] : parameters.Path is { } asked ? [asked] : null;
                await DiffOptions.WriteAsync(context, report, options(new DiffParams(null, null, paths, "patch", null) { Of = snapshot.Id }), plain: false, cancellationToken);
            }
        }

        Note(report, result);
    }

    private static void Note(Reporter report, LogResult result)
    {
        if (result.More)
        {
            report.Note($"… more; 'wt log -n {result.Count * 4}' lists further back");
        }
    }

    private static async Task AskServerAsync(CommandContext context, Reporter report, string address, LogParams log, string? path, CancellationToken cancellationToken)
    {
        if (log.Author is not null || log.Classes is not null || log.Since is not null || log.Until is not null || log.Follow || log.Joined)
        {
            throw AgentException.Of(ErrorCodes.InvalidArgument, "A server lists history by start, path and number alone.", "Leave out --author, --class, --since, --until, --follow and --graph, or ask in a working copy.");
        }

        using var door = ServerDoor.Open(context, address);
        var result = await door.LogAsync(
            log with { Path = path }, found => report.Answer(found, IpcJson.Default.SnapshotInfo, s => report.Line(SnapshotLines.Short(report.Style, s))), cancellationToken);
        if (result.More)
        {
            report.Note($"… more; -n {result.Count * 4} lists further back");
        }
    }

    private static void Write(Reporter report, GraphLines? drawing, SnapshotInfo snapshot)
    {
        var line = SnapshotLines.Short(report.Style, snapshot) + (snapshot.Path is { } path ? report.Style.Dim($"  {path}") : "");
        if (drawing is null)
        {
            report.Line(line);
            return;
        }

        var row = drawing.Draw(snapshot.Id, snapshot.Follows ?? []);
        report.Line($"{row.Node} {line}");
        foreach (var below in row.Below)
        {
            report.Line(below);
        }
    }

    private static DateTimeOffset? Time(CommandContext context, string? text) =>
        text is null ? null
        : TimeText.TryParse(text, context.Clock.GetLocalNow(), context.Clock.LocalTimeZone, out var time) ? time
        : throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' is no time.", "As in 2026-11-21, 2026-11-21T09:30, today, yesterday, '3 days ago' or 2w.");
}
