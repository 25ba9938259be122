using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt git</c>: carries history from and to repositories of git.</summary>
internal static class GitCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("git", "Import from git, export to it, or keep both the same", "wt git import ~/src/project", "wt git mirror ~/src/project.git").With(
            Import(context), Export(context), Mirror(context));

    /// <summary>Makes a new worktree of a repository.</summary>
    public static async Task CloneAsync(CommandContext context, ParseResult parse, GitCloneParams clone, CancellationToken cancellationToken)
    {
        var report = context.Report(parse);
        var result = await context.AskAsync(Methods.GitClone, clone, IpcJson.Default.GitCloneParams, IpcJson.Default.GitCloneResult, cancellationToken);
        report.Answer(result, IpcJson.Default.GitCloneResult, r =>
        {
            report.Line($"Cloned into {r.Root}: branch {report.Style.Cyan(r.Branch)} at {report.Style.Yellow(r.Snapshot[..12])}, {r.Files:N0} files, {r.Imported:N0} commits of git");
            References(report, r.References);
        });
    }

    private static WtCommand Import(CommandContext context)
    {
        var command = new WtCommand("import", "Bring branches and tags of a repository of git, with their whole history, into this worktree or a new one", "wt git import ~/src/project", "wt git import ~/src/project ~/code/project");
        var path = command.Take(new Argument<string>("path") { Description = "The repository: its working directory, or its own folder" });
        var into = command.Take(new Argument<string?>("dir") { Description = "A new directory to make a worktree of; without it the worktree you are in", Arity = ArgumentArity.ZeroOrOne });
        return command.Run(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(into) is { } directory)
            {
                await CloneAsync(context, parse, new GitCloneParams(context.Absolute(parse.GetValue(path)!), context.Absolute(directory), null), cancellationToken);
                return ExitCodes.Ok;
            }

            return await CarryAsync(context, parse, Methods.GitImport, parse.GetValue(path)!, cancellationToken);
        });
    }

    private static WtCommand Export(CommandContext context)
    {
        var command = new WtCommand("export", "Write branches and tags, with their whole history, into a repository of git", "wt git export ~/src/project.git");
        var path = command.Take(new Argument<string>("path") { Description = "The repository; one without a working directory is made where there is none" });
        return command.Run((parse, cancellationToken) => CarryAsync(context, parse, Methods.GitExport, parse.GetValue(path)!, cancellationToken));
    }

    private static WtCommand Mirror(CommandContext context)
    {
        var command = new WtCommand("mirror", "Import what a repository of git has more, then export what it has less; forward only", "wt git mirror ~/src/project.git");
        var path = command.Take(new Argument<string>("path") { Description = "The repository" });
        return command.Run((parse, cancellationToken) => CarryAsync(context, parse, Methods.GitMirror, parse.GetValue(path)!, cancellationToken));
    }

    private static async Task<int> CarryAsync(CommandContext context, ParseResult parse, string method, string path, CancellationToken cancellationToken)
    {
        var report = context.Report(parse);
        var result = await context.AskAsync(method, new GitParams(context.Absolute(path)), IpcJson.Default.GitParams, IpcJson.Default.GitResult, cancellationToken);
        report.Answer(result, IpcJson.Default.GitResult, r =>
        {
            report.Line($"{r.Imported:N0} commits imported, {r.Exported:N0} exported");
            References(report, r.References);
            if (r.Line is { } line)
            {
                report.Line(r.Conflicts == 0 ? $"This working copy followed ({line})" : $"This working copy was merged with {r.Conflicts} conflicts; 'wt status' names them");
            }
        });
        return result.Conflicts > 0 ? ExitCodes.Conflict : result.References.Any(reference => reference.Outcome == "refused") ? ExitCodes.Refused : ExitCodes.Ok;
    }

    private static void References(Reporter report, IReadOnlyList<GitReferenceInfo> references)
    {
        var counts = references.GroupBy(reference => (reference.Direction, reference.Kind, reference.Outcome)).Select(group =>
            $"{group.Count():N0} {(group.Count() == 1 ? group.Key.Kind : group.Key.Kind == "branch" ? "branches" : "tags")} {group.Key.Outcome}{(group.Key.Direction is { } direction ? $" ({direction})" : "")}");
        report.Line($"  {string.Join(", ", counts)}");
        foreach (var refused in references.Where(reference => reference.Outcome == "refused"))
        {
            report.Line($"  {report.Style.Red("refused")} {refused.Kind} {refused.Name}: {refused.Why}");
        }
    }
}

/// <summary><c>wt debug git-ids</c>: what git calls every imported or exported snapshot and its root, computed anew.</summary>
internal static class GitIdsCommand
{
    public static WtCommand Create(CommandContext context) =>
        new WtCommand("git-ids", "Compute from our objects the ids of all commits and trees; one 'COMMIT TREE' a line", "wt debug git-ids").Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            await context.AskAsync(Methods.GitIds, IpcJson.Default.GitIdsResult, cancellationToken, item =>
                report.Item(item, IpcJson.Default.GitIdsEvent, pair => report.Line($"{pair.Commit} {pair.Tree}")));
        });
}
