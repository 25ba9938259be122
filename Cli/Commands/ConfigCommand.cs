using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt config</c>: shows and sets what the product can be told.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context) =>
        new WtCommand("config", "Show and set the configuration; changes take effect at once", "wt config show --origin").With(Get(context), Set(context), Unset(context), Show(context));

    private static WtCommand Get(CommandContext context)
    {
        var command = new WtCommand("get", "Print the value of one key that is in force", "wt config get worker.sync.interval_idle_s", "wt config get user.name --origin");
        var key = command.Take(new Argument<string>("key") { Description = "A key with its tables, joined by dots" });
        var origin = command.Take(Origin());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await AskAsync(context, parse.GetValue(key), cancellationToken);
            report.Answer(result.Entries[0], IpcJson.Default.ConfigEntryInfo, entry => report.Line($"{entry.Value}{(parse.GetValue(origin) ? report.Style.Dim($"  {Place(entry)}") : "")}"));
        });
    }

    private static WtCommand Show(CommandContext context)
    {
        var command = new WtCommand("show", "Show all keys with their values, and what is written somewhere and does not count", "wt config show", "wt config show --origin");
        var origin = command.Take(Origin());
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await AskAsync(context, null, cancellationToken);
            report.Answer(result, IpcJson.Default.ConfigShowResult, r =>
            {
                foreach (var entry in r.Entries)
                {
                    var set = entry.Level == "default" ? report.Style.Dim($"{entry.Key} = {entry.Value}") : $"{entry.Key} = {report.Style.Cyan(entry.Value ?? "")}";
                    report.Line(parse.GetValue(origin) ? $"{set}  {report.Style.Dim(Place(entry))}" : set);
                }

                foreach (var file in parse.GetValue(origin) ? r.Files : [])
                {
                    report.Line(report.Style.Dim($"# {file.Level}: {file.Path}{(file.Exists ? "" : " (not there)")}"));
                }

                foreach (var problem in r.Problems)
                {
                    report.Line(report.Style.Yellow($"! {problem.Message}"));
                }
            });
        });
    }

    private static WtCommand Set(CommandContext context)
    {
        var command = new WtCommand("set", "Set a key, for you alone or for everybody who works on the worktree", "wt config set user.name Ada", "wt config set --worktree worker.snapshot.inactivity_timeout_s 60");
        var key = command.Take(new Argument<string>("key") { Description = "A key with its tables, joined by dots" });
        var value = command.Take(new Argument<string>("value") { Description = "The value; a list with commas" });
        var level = Level.Take(command);
        return command.Run((parse, cancellationToken) => WriteAsync(context, parse, new ConfigSetParams(parse.GetValue(key)!, parse.GetValue(value), level.Of(parse)), cancellationToken));
    }

    private static WtCommand Unset(CommandContext context)
    {
        var command = new WtCommand("unset", "Take a key out of a file, so that the level below counts again", "wt config unset user.name");
        var key = command.Take(new Argument<string>("key") { Description = "A key with its tables, joined by dots" });
        var level = Level.Take(command);
        return command.Run((parse, cancellationToken) => WriteAsync(context, parse, new ConfigSetParams(parse.GetValue(key)!, null, level.Of(parse)), cancellationToken));
    }

    private static async Task WriteAsync(CommandContext context, ParseResult parse, ConfigSetParams set, CancellationToken cancellationToken)
    {
        var report = context.Report(parse);
        var result = await context.AskAsync(Methods.ConfigSet, set, IpcJson.Default.ConfigSetParams, IpcJson.Default.ConfigSetResult, cancellationToken);
        report.Answer(result, IpcJson.Default.ConfigSetResult, r =>
        {
            report.Line($"{r.Key} = {r.InForce ?? "(nothing)"} {report.Style.Dim($"({r.File})")}");
            if (set.Value is not null && r.From != r.File)
            {
                report.Line(report.Style.Yellow($"{r.From} sets it too, and wins."));
            }
        });
    }

    private static Task<ConfigShowResult> AskAsync(CommandContext context, string? key, CancellationToken cancellationToken) =>
        context.AskAsync(Methods.ConfigShow, new ConfigShowParams(key), IpcJson.Default.ConfigShowParams, IpcJson.Default.ConfigShowResult, cancellationToken);

    private static Option<bool> Origin() => new("--origin") { Description = "Say where each value stands" };

    private static string Place(ConfigEntryInfo entry) => entry.Source is null ? "default" : $"{entry.Level}, {entry.Source}{(entry.Line > 0 ? $":{entry.Line}" : "")}";

    /// <summary>The options that choose the file.</summary>
    private sealed record Level(Option<bool> System, Option<bool> Worktree, Option<bool> Tree)
    {
        public static Level Take(WtCommand command) => new(
            command.Take(new Option<bool>("--system") { Description = "In the machine's configuration" }),
            command.Take(new Option<bool>("--worktree") { Description = "In .wt/config.toml, which everybody gets who works on the worktree" }),
            command.Take(new Option<bool>("--tree") { Description = "In .wt-tree/config.toml, likewise for the tree" }));

        public string Of(ParseResult parse) => parse.GetValue(Tree) ? "tree" : parse.GetValue(Worktree) ? "worktree" : parse.GetValue(System) ? "system" : "user";
    }
}
