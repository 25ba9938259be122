using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt init</c>: puts a directory under version control.</summary>
internal static class InitCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("init", "Put a directory under version control; works offline", "wt init", "wt init ~/projects/shop --owner acme --name shop");
        var path = command.Take(new Argument<string>("dir") { Description = "The directory", DefaultValueFactory = _ => "." });
        var owner = command.Take(new Option<string?>("--owner") { Description = "The user or organisation that will own it on a server" });
        var name = command.Take(new Option<string?>("--name") { Description = "Its name; by default that of the directory" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.WorktreeInit,
                new WorktreeInitParams(context.Absolute(parse.GetValue(path)!), parse.GetValue(owner), parse.GetValue(name)),
                IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult, cancellationToken);
            report.Answer(result, IpcJson.Default.WorktreeInitResult, r =>
            {
                report.Line($"{report.Style.Bold(r.Name)} is under version control at {r.Root}");
                report.Line($"  branch {report.Style.Cyan(r.Branch)}, {r.Files:N0} files, first snapshot {report.Style.Yellow(r.Snapshot[..12])}");
                report.Line("  Snapshots are made by themselves from now on; 'wt status' and 'wt log' show them.");
            });
        });
    }
}
