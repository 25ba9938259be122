using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt resolve</c>: lists and answers conflicts.</summary>
internal static class ResolveCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand(
            "resolve", "List the conflicts of the last merge, or answer them", "wt resolve", "wt resolve --take ours src/app.cs", "wt resolve --take union CHANGELOG.md", "wt resolve --mark src/", "wt resolve --tool src/app.cs");
        var paths = command.Take(new Argument<string[]>("paths") { Description = "Files and folders; without --all and paths the conflicts are listed", Arity = ArgumentArity.ZeroOrMore });
        var take = command.Take(new Option<string?>("--take", "-t") { Description = "Whose version to take where the sides disagree: ours, theirs, base or union" });
        take.AcceptOnlyFromAmong("ours", "theirs", "base", "union");
        var mark = command.Take(new Option<bool>("--mark") { Description = "Keep what stands there and call it answered" });
        var tool = command.Take(new Option<bool>("--tool") { Description = "Open the files in your merge tool, 'merge.tool.command' of your own configuration" });
        var all = command.Take(new Option<bool>("--all") { Description = "Every conflict" });
        command.Validators.Add(result =>
        {
            var (hasTake, hasMark) = (result.GetValue(take) is not null, result.GetValue(mark) || result.GetValue(tool));
            var chosen = result.GetValue(all) || result.GetValue(paths) is { Length: > 0 };
            if (hasTake && hasMark)
            {
                result.AddError("'--take', '--mark' and '--tool' are different answers; give one.");
            }
            else if ((hasTake || result.GetValue(mark)) && !chosen)
            {
                result.AddError("Name the files to answer for, or say '--all'.");
            }
        });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            if (parse.GetValue(tool))
            {
                var answered = await new MergeTool(context).RunAsync([.. parse.GetValue(paths)!.Select(context.Absolute)], cancellationToken);
                report.Answer(answered, IpcJson.Default.ResolveResult, r => Render(report, r, isList: r.Resolved.Count == 0));
                return ExitCodes.Ok;
            }

            var action = parse.GetValue(take) ?? (parse.GetValue(mark) ? "mark" : "list");
            var result = await context.AskAsync(
                Methods.Resolve, new ResolveParams([.. parse.GetValue(paths)!.Select(context.Absolute)], action),
                IpcJson.Default.ResolveParams, IpcJson.Default.ResolveResult, cancellationToken);
            report.Answer(result, IpcJson.Default.ResolveResult, r => Render(report, r, action == "list"));
            return ExitCodes.Ok;
        });
    }

    private static void Render(Reporter report, ResolveResult result, bool isList)
    {
        if (!isList)
        {
            report.Line($"{result.Resolved.Count:N0} conflicts resolved at {report.Style.Yellow(result.Snapshot![..12])}, {result.FilesChanged:N0} files changed.");
        }

        foreach (var conflict in result.Remaining)
        {
            report.Line($"  {report.Style.Red("C")} {conflict.Path}  {report.Style.Dim(conflict.Kind)}  {Versions(conflict)}");
        }

        report.Line(result.Remaining.Count == 0
            ? isList ? "No conflicts." : "None is left; 'wt push' works again."
            : "Edit the file, or 'wt resolve --take ours|theirs|base|union PATH'; 'wt resolve --mark PATH' keeps what stands there.");
    }

    private static string Versions(ConflictDetail conflict) =>
        string.Join(", ", new[] { Version("base", conflict.Base), Version("ours", conflict.Ours), Version("theirs", conflict.Theirs) });

    private static string Version(string side, ConflictVersion? version) => version is null ? $"{side} -" : $"{side} {version.Kind} {version.Hash[..8]}";
}
