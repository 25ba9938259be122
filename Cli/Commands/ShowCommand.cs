using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt show</c>: one snapshot with its changes, or a file as it was.</summary>
internal static class ShowCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("show", "Show a snapshot and its changes, or a file as it was in it",
            "wt show", "wt show main~2 --patch", "wt show v1.2 --stat", "wt show 3f9a1c src/app.cs > app.cs.old", "wt show main README.md --server https://wt.example.org/acme/shop")
        { IsLong = true };
        var revision = command.Take(new Argument<string?>("revision") { Description = "A snapshot, branch, tag, branch@server or @; the line's tip by default", Arity = ArgumentArity.ZeroOrOne });
        var path = command.Take(new Argument<string?>("path") { Description = "A file: its content is written to standard output", Arity = ArgumentArity.ZeroOrOne });
        var parent = command.Take(new Option<int?>("--parent") { Description = "The parent of a merge against which its changes are shown, from 1; the first by default" });
        var options = new DiffOptions(command, "With the patch of its changes");
        var server = command.Take(ServerOption.OfWorktree());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var file = parse.GetValue(path);
            if (parse.GetValue(server) is { } address)
            {
                if (parse.GetValue(parent) is not null || options.AnyForm(parse))
                {
                    throw AgentException.Of(ErrorCodes.InvalidArgument, "A server shows a snapshot's changes as a list alone.", "Leave the other options out, or ask in a working copy.");
                }

                using var door = ServerDoor.Open(context, address);
                await ShowAsync(context, report, door, parse.GetValue(revision), file, cancellationToken);
                return;
            }

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
            Render(report, result, withChanges: !withDiff);
            if (withDiff)
            {
                await context.Terminal.Output.FlushAsync(cancellationToken);
                // By its id: a name may point elsewhere by now.
                var parameters = options.Apply(parse, report.Json, new DiffParams(null, null, null, "patch", null) { Of = result.Snapshot.Id, Parent = parse.GetValue(parent) });
                await DiffOptions.WriteAsync(context, report, parameters, plain: false, cancellationToken);
            }
        });
    }

    private static async Task ShowAsync(CommandContext context, Reporter report, ServerDoor door, string? revision, string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            Render(report, await door.ShowAsync(revision, cancellationToken), withChanges: true);
        }
        else if (report.Json)
        {
            using var content = new MemoryStream();
            await door.CopyFileAsync(revision, file, content, cancellationToken);
            report.Answer(new ContentEvent(content.ToArray()), IpcJson.Default.ContentEvent, _ => { });
        }
        else
        {
            await door.CopyFileAsync(revision, file, context.Terminal.RawOutput, cancellationToken);
            await context.Terminal.RawOutput.FlushAsync(cancellationToken);
        }
    }

    private static void Render(Reporter report, ShowResult result, bool withChanges) => report.Answer(result, IpcJson.Default.ShowResult, r =>
    {
        SnapshotLines.Head(report, r.Snapshot);
        report.Line("");
        ChangeLines.Write(report, withChanges ? r.Changes : []);
    });

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
