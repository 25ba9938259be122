using System.CommandLine;
using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt reflog</c>: every operation on this tree's store, newest first.</summary>
internal static class ReflogCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("reflog", "List every operation, newest first", "wt reflog", "wt reflog -n 5 --json") { IsLong = true };
        var limit = command.Take(new Option<int?>("--limit", "-n") { Description = "The most to list; 30 by default" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.ReflogList, new ReflogListParams(parse.GetValue(limit) ?? 30), IpcJson.Default.ReflogListParams, IpcJson.Default.ReflogListResult, cancellationToken,
                item => report.Item(item, IpcJson.Default.ReflogEntryInfo, entry =>
                {
                    report.Line($"{report.Style.Yellow($"{entry.Sequence,6}")} {report.Style.Dim(entry.Time[..Math.Min(19, entry.Time.Length)].Replace('T', ' '))} {entry.Operation,-14} {entry.Summary}");
                    foreach (var moved in entry.Refs)
                    {
                        report.Line(report.Style.Dim($"         {moved.Name}: {Short(moved.Before)} -> {Short(moved.After)}"));
                    }
                }));
            if (result.Checkpoint is { } pruned)
            {
                report.Answer(pruned, IpcJson.Default.ReflogCheckpoint, checkpoint => report.Line(report.Style.Dim(
                    $"       {checkpoint.Entries} older entries were pruned (reflog.retention_d); the hash of the last is {Short(checkpoint.LastHash)}")));
            }

            if (!result.ChainIntact)
            {
                throw AgentException.Of("reflog_damaged", "The reflog ends here: the entry before the last one shown is damaged, or the chain of hashes is broken.", "'wt doctor' says what is damaged.");
            }
        });
    }

    private static string Short(string? id) => id is null ? "(none)" : id.Length > 12 ? id[..12] : id;
}
