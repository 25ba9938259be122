using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt clone</c>: fetches a worktree into a new directory.</summary>
internal static class CloneCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("clone", "Fetch a worktree into a new directory", "wt clone https://wt.example.org/acme/shop", "wt clone acme/shop ~/projects/shop", "wt clone https://example.org/project.git");
        var url = command.Take(new Argument<string>("url") { Description = "https://host:port/OWNER/NAME, OWNER/NAME on the server you are signed in to, or a repository of git (a path, or an address that ends in .git)" });
        var path = command.Take(new Argument<string?>("dir") { Description = "The new directory; by default the worktree's name", Arity = ArgumentArity.ZeroOrOne });
        var branch = command.Take(new Option<string?>("--branch", "-b") { Description = "The branch to check out; by default the worktree's" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var address = parse.GetValue(url)!;
            if (GitAddress.Of(address, context.Absolute) is { } repository)
            {
                var into = context.Absolute(parse.GetValue(path) ?? GitAddress.NameOf(address));
                await GitCommand.CloneAsync(context, parse, new GitCloneParams(repository, into, parse.GetValue(branch)), cancellationToken);
                return;
            }

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
