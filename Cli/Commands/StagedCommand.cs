using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Cli.Server;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt staged</c>: who works on what.</summary>
internal static class StagedCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("staged", "See who works on what, before anything is pushed", "wt staged list").With(List(context), Clear(context), Watch(context));

    /// <summary>Writes what the team works on; <c>wt status --team</c> shows it too.</summary>
    internal static void Render(Reporter report, StagedListResult list)
    {
        if (list.Offline)
        {
            report.Line(report.Style.Yellow($"The server does not answer; this is what it said at {list.AsOf.ToLocalTime():HH:mm:ss}."));
        }

        if (list.Entries.Count == 0)
        {
            report.Line("Nobody has staged work.");
        }

        foreach (var entry in list.Entries)
        {
            RenderEntry(report, entry);
        }
    }

    private static void RenderEntry(Reporter report, StagedInfo entry)
    {
        var who = entry.Mine ? $"{entry.Account} (you)" : entry.Account;
        report.Line($"{report.Style.Bold(who)} on {report.Style.Cyan(entry.Branch)}, {entry.ChangeCount:N0} changed, {entry.State} {entry.StagedAt.ToLocalTime():HH:mm:ss}, {report.Style.Yellow(entry.Snapshot[..12])}");
        ChangeLines.Write(report, entry.Changes, 20);
        if (entry.ChangeCount > 20)
        {
            report.Line($"  … and {entry.ChangeCount - 20:N0} more");
        }
    }

    private static WtCommand List(CommandContext context)
    {
        var command = new WtCommand("list", "List what everybody has staged in this tree", "wt staged list", "wt staged list --server https://wt.example.org/acme/shop");
        var server = command.Take(ServerOption.OfWorktree());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            using var door = parse.GetValue(server) is { } address ? ServerDoor.Open(context, address) : null;
            var result = door is null
                ? await context.AskAsync(Methods.StagedList, IpcJson.Default.StagedListResult, cancellationToken)
                : await door.StagedAsync(context.Clock, cancellationToken);
            report.Answer(result, IpcJson.Default.StagedListResult, list => Render(report, list));
        });
    }

    private static WtCommand Clear(CommandContext context)
    {
        var command = new WtCommand("clear", "Take your staged work out of the team's list", "wt staged clear");
        var branch = command.Take(new Option<string?>("--branch", "-b") { Description = "Only of this branch" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.StagedClear, new StagedClearParams(parse.GetValue(branch)), IpcJson.Default.StagedClearParams, IpcJson.Default.StagedClearResult, cancellationToken);
            report.Answer(result, IpcJson.Default.StagedClearResult, r => report.Line($"{r.Cleared} entries cleared."));
        });
    }

    private static WtCommand Watch(CommandContext context) =>
        new WtCommand("watch", "Follow what the team stages, and overlaps with your work, until interrupted", "wt staged watch", "wt staged watch --json").Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            await context.AskAsync(
                Methods.EventsSubscribe, new EventsSubscribeParams(["staged", "warnings", "branches"]),
                IpcJson.Default.EventsSubscribeParams, IpcJson.Default.Nothing, cancellationToken,
                item => report.Item(item, IpcJson.Default.AgentEvent, e => RenderEvent(report, e)));
        });

    private static void RenderEvent(Reporter report, AgentEvent happened)
    {
        var time = report.Style.Dim(happened.Time.ToLocalTime().ToString("HH:mm:ss", null));
        switch (happened)
        {
            case { Staged: { } staged }:
                RenderEntry(report, staged);
                break;
            case { Overlaps: { } overlaps }:
                foreach (var overlap in overlaps)
                {
                    report.Line($"{time} {report.Style.Yellow($"! {overlap.Account} works on {overlap.Path} too (branch {overlap.Branch}, {overlap.Kind.Replace('_', ' ')})")}");
                }

                break;
            case { Branch: { } branch }:
                report.Line($"{time} {branch.Name} is at {(branch.Snapshot is { } id ? report.Style.Yellow(id[..12]) : "(deleted)")}");
                break;
            case { Warning: { } warning }:
                report.Line($"{time} {report.Style.Yellow($"! {warning.Message}")}");
                break;
            case { Type: "subscribed" }:
                report.Note("Watching; interrupt with Ctrl-C.");
                break;
            default:
                report.Line($"{time} {happened.Type}");
                break;
        }

        report.Terminal.Output.Flush();
    }
}
