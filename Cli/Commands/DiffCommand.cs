using System.CommandLine;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt diff</c>: compares two states.</summary>
internal static class DiffCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("diff", "Compare the working directory with the last snapshot, or any two states",
            "wt diff", "wt diff --from main@server", "wt diff --from 3f9a1c --to main --stat", "wt diff -w -W src/", "wt diff --patch src/ | git apply")
        { IsLong = true };
        var paths = command.Take(new Argument<string[]>("paths") { Description = "Only these files and folders", Arity = ArgumentArity.ZeroOrMore });
        var from = command.Take(new Option<string?>("--from", "-f") { Description = "The older state; the line's tip by default" });
        var to = command.Take(new Option<string?>("--to", "-t") { Description = "The newer state; the working directory by default" });
        var options = new DiffOptions(command, "A patch without colour, for patch and git apply");
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var selected = parse.GetValue(paths) is { Length: > 0 } given ? given.Select(context.Absolute).ToArray() : null;
            var parameters = options.Apply(parse, report.Json, new DiffParams(parse.GetValue(from), parse.GetValue(to), selected, "patch", null));
            var result = await DiffOptions.WriteAsync(context, report, parameters, options.WantsPatch(parse), cancellationToken);
            if (report.Json)
            {
                report.Answer(result, IpcJson.Default.DiffResult, _ => { });
            }
        });
    }
}
