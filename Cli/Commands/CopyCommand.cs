using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt copy</c>: further working copies of the same tree, which share its store.</summary>
internal static class CopyCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("copy", "Make, list and remove further working copies that share the store", "wt copy add ../shop-fix fix").With(
            Add(context), List(context), Remove(context));

    private static WtCommand Add(CommandContext context)
    {
        var command = new WtCommand("add", "Check a branch out into another directory", "wt copy add ../shop-fix fix");
        var path = command.Take(new Argument<string>("path") { Description = "A directory that is empty or not there" });
        var branch = command.Take(new Argument<string>("branch") { Description = "The branch" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.CopyAdd, new CopyAddParams(context.Absolute(parse.GetValue(path)!), parse.GetValue(branch)!),
                IpcJson.Default.CopyAddParams, IpcJson.Default.CopyAddResult, cancellationToken);
            report.Answer(result, IpcJson.Default.CopyAddResult, r =>
                report.Line($"{r.Root} is on branch {report.Style.Cyan(r.Branch)} at {report.Style.Yellow(r.Snapshot[..12])}: {r.Files:N0} files"));
        });
    }

    private static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("list", "List the working copies of this tree", "wt copy list");
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(Methods.CopyList, IpcJson.Default.CopyListResult, cancellationToken);
            report.Answer(result, IpcJson.Default.CopyListResult, r =>
            {
                foreach (var copy in r.Copies)
                {
                    var name = copy.Current ? report.Style.Green($"* {copy.Root}") : $"  {copy.Root}";
                    report.Line($"{name}  {report.Style.Cyan(copy.Branch)}  {(copy.Snapshot is { } id ? report.Style.Yellow(id[..12]) : "(empty)")}  {copy.Role ?? "gone"}");
                }
            });
        });
    }

    private static WtCommand Remove(CommandContext context)
    {
        var command = new WtCommand("remove", "Remove a working copy and its directory; what no snapshot has is kept in one first", "wt copy remove ../shop-fix");
        var path = command.Take(new Argument<string>("path") { Description = "Its directory" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.CopyRemove, new CopyRemoveParams(context.Absolute(parse.GetValue(path)!)),
                IpcJson.Default.CopyRemoveParams, IpcJson.Default.CopyRemoveResult, cancellationToken);
            report.Answer(result, IpcJson.Default.CopyRemoveResult, r =>
            {
                report.Line($"Removed {r.Root}.");
                if (r.Snapshot is { } id)
                {
                    report.Line($"Its work on {report.Style.Cyan(r.Branch)} is kept at {report.Style.Yellow(id[..12])}; 'wt merge {id[..12]}' takes it in here.");
                }
            });
        });
    }
}
