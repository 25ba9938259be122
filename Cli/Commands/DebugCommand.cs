using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Reference;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt debug</c>: plumbing for scripts and tests.</summary>
internal static class DebugCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("debug", "Plumbing for scripts and tests") { Hidden = true }.With(Verify(context), CheckIgnore(context), DebugChunkCommand.Create(context), DebugMergeCommand.Create(context), GitIdsCommand.Create(context), SecretsCommand.Create(context), History(context), Reference(context));

    private static WtCommand Verify(CommandContext context) =>
        new WtCommand("verify", "Read every object and report each damaged one", "wt debug verify --json").Run((parse, cancellationToken) =>
            DoctorCommand.VerifyAsync(context, parse, Methods.DebugVerify, cancellationToken));

    /// <summary>Brings the history index up to date now, for measurements; the agent does it by itself.</summary>
    private static WtCommand History(CommandContext context) =>
        new WtCommand("history", "Bring the history index up to date, every filter included", "wt debug history").Run(async (parse, cancellationToken) =>
        {
            var result = await context.AskAsync(Methods.DebugHistory, IpcJson.Default.DebugHistoryResult, cancellationToken);
            await context.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(result, IpcJson.Default.DebugHistoryResult));
        });

    /// <summary>Writes the pages that come from the tree of commands: the reference and the manual.</summary>
    private static WtCommand Reference(CommandContext context)
    {
        var command = new WtCommand("reference", "Write the reference and the manual pages of all commands", "wt debug reference docs");
        var folder = command.Take(new Argument<string>("dir") { Description = "The documentation's folder" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var entries = CommandEntry.Of(CommandTree.Build(context));
            foreach (var page in MarkdownPages.Write(entries).Concat(ManPages.Write(entries)))
            {
                var path = Path.Combine(context.Absolute(parse.GetValue(folder)!), page.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, page.Text, cancellationToken);
            }
        });
    }

    /// <summary>Paths in, one a line; <c>path TAB ignored|kept TAB file:line:pattern</c> out.</summary>
    private static WtCommand CheckIgnore(CommandContext context) =>
        new WtCommand("check-ignore", "Read paths, write the verdict on each", "find . | wt debug check-ignore").Run(async (parse, cancellationToken) =>
        {
            const int batch = 1000;
            var paths = new List<string>(batch);
            while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            {
                paths.Add(context.Absolute(line) + (line.EndsWith('/') ? "/" : ""));
                if (paths.Count == batch)
                {
                    await AskAsync(context, paths, cancellationToken);
                    paths.Clear();
                }
            }

            if (paths.Count > 0)
            {
                await AskAsync(context, paths, cancellationToken);
            }
        });

    private static async Task AskAsync(CommandContext context, List<string> paths, CancellationToken cancellationToken)
    {
        var result = await context.AskAsync(
            Methods.IgnoreCheck, new IgnoreCheckParams([.. paths]), IpcJson.Default.IgnoreCheckParams, IpcJson.Default.IgnoreCheckResult, cancellationToken);
        foreach (var verdict in result.Verdicts)
        {
            var rule = verdict.File is { } file ? $"{file}:{verdict.Line}:{verdict.Pattern}" : "";
            await context.Terminal.Output.WriteLineAsync($"{verdict.Path}\t{(verdict.Ignored ? "ignored" : "kept")}\t{rule}");
        }
    }
}
