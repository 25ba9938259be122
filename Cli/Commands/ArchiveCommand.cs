using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt archive</c>: the files of a snapshot as one archive.</summary>
internal static class ArchiveCommand
{
    private static readonly (string Ending, string Format)[] s_endings =
    [
        (".tar.gz", "tar.gz"), (".tgz", "tar.gz"), (".tar.zst", "tar.zst"), (".tzst", "tar.zst"), (".zip", "zip"), (".tar", "tar"),
    ];

    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("archive", "Write the files of a snapshot as an archive; the same snapshot always gives the same bytes",
            "wt archive -o project.tar.gz", "wt archive v1.2 --prefix project-1.2/ -o project-1.2.zip", "wt archive main --format tar src | tar -tf -");
        var revision = command.Take(new Argument<string?>("revision") { Description = "A snapshot, branch, tag, branch@server or @; the line's tip by default", Arity = ArgumentArity.ZeroOrOne });
        var path = command.Take(new Argument<string?>("path") { Description = "Only this file or folder", Arity = ArgumentArity.ZeroOrOne });
        var output = command.Take(new Option<string?>("--output", "-o") { Description = "The file to write; standard output by default" });
        var format = command.Take(new Option<string?>("--format") { Description = "tar, tar.gz, tar.zst or zip; by default what the output's name says, else tar" });
        var prefix = command.Take(new Option<string?>("--prefix") { Description = "What stands before each name in the archive" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var file = parse.GetValue(output);
            if (file is null && (context.Terminal.OutputIsTerminal || report.Json))
            {
                throw AgentException.Of(ErrorCodes.InvalidArgument, report.Json ? "With --json the archive goes to a file." : "An archive is nothing to read on a terminal.", "wt archive -o NAME.tar.gz");
            }

            var parameters = new ArchiveParams(
                parse.GetValue(revision), parse.GetValue(path) is { } only ? context.Absolute(only) : null, parse.GetValue(format) ?? FormatOf(file), parse.GetValue(prefix));
            if (file is null)
            {
                await AskAsync(context, parameters, context.Terminal.RawOutput, cancellationToken);
                await context.Terminal.RawOutput.FlushAsync(cancellationToken);
                return;
            }

            report.Answer(await WriteAsync(context, parameters, context.Absolute(file), cancellationToken), IpcJson.Default.ArchiveResult, r =>
            {
                report.Line($"{file}: {r.Files:N0} files of {report.Style.Yellow(r.Snapshot[..12])}, {r.Bytes:N0} bytes");
                if (r.Hidden > 0)
                {
                    report.Line(report.Style.Yellow($"! {r.Hidden:N0} entries that you may not read are not in it"));
                }
            });
        });
    }

    /// <summary>Writes beside the file first: what stands under its name is whole.</summary>
    private static async Task<ArchiveResult> WriteAsync(CommandContext context, ArchiveParams parameters, string path, CancellationToken cancellationToken)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.wt-tmp";
        try
        {
            ArchiveResult result;
            await using (var target = File.Create(unfinished))
            {
                result = await AskAsync(context, parameters, target, cancellationToken);
            }

            File.Move(unfinished, path, overwrite: true);
            return result;
        }
        catch (IOException e)
        {
            throw AgentException.Of("write_failed", $"'{path}' cannot be written: {e.Message}", "Name another file with -o.");
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static Task<ArchiveResult> AskAsync(CommandContext context, ArchiveParams parameters, Stream target, CancellationToken cancellationToken) =>
        context.AskAsync(Methods.Archive, parameters, IpcJson.Default.ArchiveParams, IpcJson.Default.ArchiveResult, cancellationToken, item =>
        {
            if (item.Deserialize(IpcJson.Default.ContentEvent) is { } part)
            {
                target.Write(part.Data);
            }
        });

    private static string FormatOf(string? file) =>
        s_endings.FirstOrDefault(known => file?.EndsWith(known.Ending, StringComparison.OrdinalIgnoreCase) == true).Format ?? "tar";
}
