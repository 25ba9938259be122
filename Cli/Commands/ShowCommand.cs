using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt show</c>: one snapshot with its changes, or a file as it was.</summary>
internal static class ShowCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("show", "Show a snapshot and its changes, or a file as it was in it",
            "wt show", "wt show main~2 --patch", "wt show v1.2 --stat", "wt show 3f9a1c src/app.cs > app.cs.old")
        { IsLong = true };
        var revision = command.Take(new Argument<string?>("revision") { Description = "A snapshot, branch, tag, branch@server or @; the line's tip by default", Arity = ArgumentArity.ZeroOrOne });
        var path = command.Take(new Argument<string?>("path") { Description = "A file: its content is written to standard output", Arity = ArgumentArity.ZeroOrOne });
        var parent = command.Take(new Option<int?>("--parent") { Description = "The parent of a merge against which its changes are shown, from 1; the first by default" });
        var options = new DiffOptions(command, "With the patch of its changes");
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var file = parse.GetValue(path);
            var result = await context.AskAsync(
                Methods.Show, new ShowParams(parse.GetValue(revision), file is null ? null : context.Absolute(file)) { Parent = parse.GetValue(parent) },
                IpcJson.Default.ShowParams, IpcJson.Default.ShowResult, cancellationToken,
                item => WriteContent(context.Terminal, report, item));
            if (file is not null && !report.Json)
            {
                await context.Terminal.RawOutput.FlushAsync(cancellationToken);
                return;
            }

            var withDiff = file is null && options.AnyForm(parse);
            report.Answer(result, IpcJson.Default.ShowResult, r =>
            {
                SnapshotLines.Head(report, r.Snapshot);
                report.Line("");
                ChangeLines.Write(report, withDiff ? [] : r.Changes);
            });
            if (withDiff)
            {
                await context.Terminal.Output.FlushAsync(cancellationToken);
                // By its id: a name may point elsewhere by now.
                var parameters = options.Apply(parse, report.Json, new DiffParams(null, null, null, "patch", null) { Of = result.Snapshot.Id, Parent = parse.GetValue(parent) });
                await DiffOptions.WriteAsync(context, report, parameters, plain: false, cancellationToken);
            }
        });
    }

    /// <summary>Writes part of a file or a patch: bytes as they are, or with JSON the event itself.</summary>
    internal static void WriteContent(Terminal terminal, Reporter report, JsonElement item)
    {
        if (report.Json)
        {
            report.Line(item.GetRawText());
        }
        else if (item.Deserialize(IpcJson.Default.ContentEvent) is { } part)
        {
            terminal.RawOutput.Write(part.Data);
        }
    }
}
