using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt bisect</c>: finds the snapshot that broke something.</summary>
internal static class BisectCommand
{
    /// <summary>What a trial says that cannot be made here, as with git.</summary>
    private const int CannotTry = 125;

    /// <summary>A trial that ends with more was killed or not there: nothing follows from it.</summary>
    private const int MostThatCounts = 127;

    private const string NoSearch = "No search is under way";

    public static Command Create(CommandContext context) =>
        new WtCommand("bisect", "Find the snapshot that broke something, by halving what is left", "wt bisect start main main~40", "wt bisect run ./test.sh", "wt bisect reset").With(
            Start(context),
            Mark(context, "good", "Say that snapshots, or the one that stands here, are without the fault", "wt bisect good"),
            Mark(context, "bad", "Say that a snapshot, or the one that stands here, has the fault", "wt bisect bad"),
            Mark(context, "skip", "Say that snapshots, or the one that stands here, cannot be tried", "wt bisect skip"),
            Run(context),
            Simple(context, "status", "Say where the search stands", "wt bisect status"),
            Simple(context, "reset", "End the search and go back to the branch where it began", "wt bisect reset"));

    private static WtCommand Start(CommandContext context)
    {
        var command = new WtCommand("start", "Begin a search; a snapshot in the middle is brought in to be tried", "wt bisect start", "wt bisect start main v1.2 v1.1");
        var bad = command.Take(new Argument<string?>("bad") { Description = "A snapshot with the fault", Arity = ArgumentArity.ZeroOrOne });
        var good = command.Take(new Argument<string[]>("good") { Description = "Snapshots without it", Arity = ArgumentArity.ZeroOrMore });
        return command.Run(async (parse, cancellationToken) =>
        {
            string[] revisions = parse.GetValue(bad) is { } first ? [first, .. parse.GetValue(good) ?? []] : [];
            Answer(context.Report(parse), await AskAsync(context, new BisectParams("start", revisions), cancellationToken));
        });
    }

    private static WtCommand Mark(CommandContext context, string verdict, string description, string example)
    {
        var command = new WtCommand(verdict, description, example, $"{example} 3f9a1c");
        var revisions = command.Take(new Argument<string[]>("revisions") { Description = "Snapshots; without them the one that stands in the directory", Arity = ArgumentArity.ZeroOrMore });
        return command.Run(async (parse, cancellationToken) =>
            Answer(context.Report(parse), await AskAsync(context, new BisectParams(verdict, parse.GetValue(revisions) ?? []), cancellationToken)));
    }

    private static WtCommand Simple(CommandContext context, string action, string description, string example) =>
        new WtCommand(action, description, example).Run(async (parse, cancellationToken) =>
            Answer(context.Report(parse), await AskAsync(context, new BisectParams(action, []), cancellationToken), action == "reset" ? "The search has ended" : NoSearch));

    private static WtCommand Run(CommandContext context)
    {
        var command = new WtCommand("run", "Let a command try snapshots until the first bad one is found: exit code 0 is good, 125 cannot be tried, others up to 127 are bad", "wt bisect run ./test.sh", "wt bisect run -- make -s check");
        var words = command.Take(new Argument<string[]>("command") { Description = "The command and its arguments", Arity = ArgumentArity.OneOrMore });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await AskAsync(context, new BisectParams("status", []), cancellationToken);
            if (result.State is not ("searching" or "found" or "undecided"))
            {
                throw AgentException.Of(ErrorCodes.InvalidArgument, "There is nothing to try: a search needs a bad and a good snapshot.", "wt bisect start BAD GOOD");
            }

            while (result is { State: "searching", Current: { } current })
            {
                var code = await TryAsync(context, parse.GetValue(words)!, cancellationToken);
                if (code is < 0 or > MostThatCounts)
                {
                    throw AgentException.Of("bisect_run_failed", $"The command ended with {code} at {current.Id[..12]}: that says neither good nor bad.", "Mend the command and run it again, or mark this snapshot yourself.");
                }

                var verdict = code == 0 ? "good" : code == CannotTry ? "skip" : "bad";
                report.Note($"{current.Id[..12]} is {(verdict == "skip" ? "skipped" : verdict)} ({result.Remaining:N0} left)");
                result = await AskAsync(context, new BisectParams(verdict, []), cancellationToken);
            }

            Answer(report, result);
        });
    }

    private static async Task<int> TryAsync(CommandContext context, string[] words, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = context.Cwd, UseShellExecute = false };
        if (words[0].Contains('/', StringComparison.Ordinal))
        {
            start.FileName = context.Absolute(words[0]);
        }

        try
        {
            using var child = Process.Start(start)!;
            await child.WaitForExitAsync(cancellationToken);
            return child.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw AgentException.Of("bisect_run_failed", $"'{words[0]}' cannot be run: {e.Message}", "Name a program on the path, or one with its folder, as in ./test.sh.");
        }
    }

    private static Task<BisectResult> AskAsync(CommandContext context, BisectParams parameters, CancellationToken cancellationToken) =>
        context.AskAsync(Methods.Bisect, parameters, IpcJson.Default.BisectParams, IpcJson.Default.BisectResult, cancellationToken);

    private static void Answer(Reporter report, BisectResult result, string none = NoSearch) => report.Answer(result, IpcJson.Default.BisectResult, r =>
    {
        switch (r)
        {
            case { State: "searching", Current: { } current }:
                report.Line($"Try this one ({r.Remaining:N0} left, about {r.Steps:N0} {(r.Steps == 1 ? "step" : "steps")}), then say 'wt bisect good' or 'wt bisect bad':");
                report.Line(SnapshotLines.Short(report.Style, current));
                break;
            case { State: "found", First: { } first }:
                report.Line("The first bad snapshot is");
                SnapshotLines.Head(report, first);
                break;
            case { State: "undecided" }:
                report.Line($"Only snapshots that were skipped are left; any of these {r.Remaining:N0} may be the first bad one:");
                foreach (var id in r.Suspects)
                {
                    report.Line($"  {report.Style.Yellow(id[..12])}");
                }

                break;
            case { State: "none" }:
                report.Line(none);
                break;
            default:
                report.Line(r.Bad is null ? "Waiting for a bad snapshot: wt bisect bad REVISION" : "Waiting for a good snapshot: wt bisect good REVISION");
                break;
        }
    });
}
