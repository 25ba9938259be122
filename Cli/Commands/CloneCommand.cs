using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt clone</c>: fetches a worktree into a new directory.</summary>
internal static class CloneCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("clone", "Fetch a worktree into a new directory", "wt clone https://wt.example.org/acme/shop", "wt clone acme/shop ~/projects/shop");
        var url = command.Take(new Argument<string>("url") { Description = "https://host:port/OWNER/NAME, or OWNER/NAME on the server you are signed in to" });
        var path = command.Take(new Argument<string?>("dir") { Description = "The new directory; by default the worktree's name", Arity = ArgumentArity.ZeroOrOne });
        var branch = command.Take(new Option<string?>("--branch", "-b") { Description = "The branch to check out; by default the worktree's" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var address = parse.GetValue(url)!;
            var directory = parse.GetValue(path) ?? address.TrimEnd('/').Split('/')[^1];
            var result = await context.AskAsync(
                Methods.WorktreeClone,
                new WorktreeCloneParams(address, context.Absolute(directory), parse.GetValue(branch)),
                IpcJson.Default.WorktreeCloneParams, IpcJson.Default.WorktreeCloneResult, cancellationToken);
            report.Answer(result, IpcJson.Default.WorktreeCloneResult, r =>
                report.Line($"Cloned into {r.Root}: branch {report.Style.Cyan(r.Branch)} at {report.Style.Yellow(r.Snapshot[..12])}, {r.Files:N0} files"));
        });
    }
}
