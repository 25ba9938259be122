using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt ignore</c>: which rule decides about a path.</summary>
internal static class IgnoreCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("ignore", "See which rules keep files out of snapshots", "wt ignore check build/out.o").With(Check(context), Add(context));

    private static WtCommand Add(CommandContext context)
    {
        var command = new WtCommand("add", "Add patterns to the ignore rules", "wt ignore add 'build/' '*.log'", "wt ignore add --tree '*.tmp'");
        var patterns = command.Take(new Argument<string[]>("patterns") { Description = "Lines as an ignore file has them", Arity = ArgumentArity.OneOrMore });
        var tree = command.Take(new Option<bool>("--tree") { Description = "Write them to .wt-tree/ignore instead of .wt/ignore" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.IgnoreAdd, new IgnoreAddParams([.. parse.GetValue(patterns)!], parse.GetValue(tree)),
                IpcJson.Default.IgnoreAddParams, IpcJson.Default.IgnoreAddResult, cancellationToken);
            report.Answer(result, IpcJson.Default.IgnoreAddResult, r =>
            {
                report.Line(r.Added.Count == 0 ? $"All of that stands in {r.File} already." : $"{r.Added.Count} {(r.Added.Count == 1 ? "pattern" : "patterns")} added to {r.File}.");
                if (r.StillTracked > 0)
                {
                    report.Line(report.Style.Yellow($"{r.StillTracked:N0} files that history has match the rules; they stay tracked until they are deleted."));
                }
            });
        });
    }

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
