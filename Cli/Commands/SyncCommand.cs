using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt sync</c>: steers what goes to the server by itself.</summary>
internal static class SyncCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("sync", "Steer what goes to the server by itself", "wt sync status").With(
            Simple(context, "now", "Sync now instead of at the next turn", Methods.SyncNow),
            Simple(context, "pause", "Stop showing your work to the team", Methods.SyncPause),
            Simple(context, "resume", "Show your work to the team again", Methods.SyncResume),
            Simple(context, "status", "Show what is waiting, and what went wrong", Methods.SyncStatus),
            Allow(context));

    private static WtCommand Allow(CommandContext context)
    {
        var command = new WtCommand("allow", "Let paths go to the server that are held back for what looks like a secret, or show them", "wt sync allow", "wt sync allow tests/fixtures/key.pem", "wt sync allow --all");
        var paths = command.Take(new Argument<string[]>("paths") { Description = "Files and folders; without any, what is held is shown", Arity = ArgumentArity.ZeroOrMore });
        var all = command.Take(new Option<bool>("--all") { Description = "Release everything that is held" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.SyncAllow, new SyncAllowParams([.. parse.GetValue(paths)!.Select(context.Absolute)], parse.GetValue(all)),
                IpcJson.Default.SyncAllowParams, IpcJson.Default.SyncAllowResult, cancellationToken);
            report.Answer(result, IpcJson.Default.SyncAllowResult, r =>
            {
                HeldLines.Write(report, "released", r.Allowed);
                HeldLines.Write(report, "held back", r.Held);
                if (r.Allowed.Count + r.Held.Count == 0)
                {
                    report.Line("Nothing is held back.");
                }
            });
        });
    }

    private static WtCommand Simple(CommandContext context, string name, string description, string method) =>
        new WtCommand(name, description, $"wt sync {name}").Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(method, IpcJson.Default.SyncInfo, cancellationToken);
            report.Answer(result, IpcJson.Default.SyncInfo, r => Render(report, r));
        });

    private static void Render(Reporter report, SyncInfo sync)
    {
        report.Line($"State:    {sync.State}");
        report.Line($"Server:   {sync.Server ?? "(none; 'wt login URL' names one)"}");
        report.Line($"Waiting:  {sync.Pending}");
        report.Line($"Staged:   {(sync.Staged is { } staged ? staged[..12] : "(nothing)")}");
        report.Line($"Last:     {(sync.LastSync is { } last ? last.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", null) : "(never)")}");
        if (sync.LastError is { } error)
        {
            report.Line(report.Style.Yellow($"Error:    {error.Message}") + (sync.NextTry is { } next ? $" Next try at {next.ToLocalTime():HH:mm:ss}." : ""));
        }
    }
}
