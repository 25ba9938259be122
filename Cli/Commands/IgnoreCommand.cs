using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt ignore</c>: which rule decides about a path.</summary>
internal static class IgnoreCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("ignore", "See which rules keep files out of snapshots", "wt ignore check build/out.o").With(Check(context));

    private static WtCommand Check(CommandContext context)
    {
        var command = new WtCommand("check", "Say which rule decides about paths", "wt ignore check build/out.o src/app.cs");
        var paths = command.Take(new Argument<string[]>("paths") { Description = "Files and folders", Arity = ArgumentArity.OneOrMore });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.IgnoreCheck, new IgnoreCheckParams([.. parse.GetValue(paths)!.Select(context.Absolute)]),
                IpcJson.Default.IgnoreCheckParams, IpcJson.Default.IgnoreCheckResult, cancellationToken);
            report.Answer(result, IpcJson.Default.IgnoreCheckResult, r =>
            {
                foreach (var verdict in r.Verdicts)
                {
                    var rule = verdict.File is { } file ? $"  {report.Style.Dim($"{file}:{verdict.Line}: {verdict.Pattern}")}" : "";
                    report.Line($"{(verdict.Ignored ? report.Style.Yellow("ignored") : report.Style.Green("kept   "))} {verdict.Path}{rule}");
                }
            });
        });
    }
}
