using System.CommandLine;
using System.Globalization;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt blame</c>: who brought each line of a file.</summary>
internal static class BlameCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("blame", "Show for each line of a file which snapshot brought it, across renames",
            "wt blame src/app.cs", "wt blame -L 10,20 src/app.cs", "wt blame --from main~5 --ignore 3f9a1c src/app.cs", "wt blame --porcelain src/app.cs")
        { IsLong = true };
        var path = command.Take(new Argument<string>("file") { Description = "The file" });
        var from = command.Take(new Option<string?>("--from", "-r") { Description = "The state whose file it is; by default the file as it is now, with lines that are in no snapshot yet" });
        var lines = command.Take(new Option<string[]>("--lines", "-L") { Description = "Only these lines: 10,20 or 10,+5 or 10, (to the end); may be repeated" });
        var ignore = command.Take(new Option<string[]>("--ignore") { Description = "A snapshot whose changes do not count, such as one that only reformatted; may be repeated" });
        var porcelain = command.Take(new Option<bool>("--porcelain") { Description = "For scripts, in the form of git blame --porcelain" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var parameters = new BlameParams(
                context.Absolute(parse.GetValue(path)!), parse.GetValue(from), [.. (parse.GetValue(lines) ?? []).Select(Range)], parse.GetValue(ignore) ?? []);
            Action<BlameEvent> write = parse.GetValue(porcelain) ? new BlamePorcelain(report).Write : part => BlameText.Write(report, part);
            var result = await context.AskAsync(
                Methods.Blame, parameters, IpcJson.Default.BlameParams, IpcJson.Default.BlameResult, cancellationToken,
                item => report.Item(item, IpcJson.Default.BlameEvent, write));
            if (report.Json)
            {
                report.Answer(result, IpcJson.Default.BlameResult, _ => { });
            }
        });
    }

    /// <summary>Reads <c>10,20</c>, <c>10,+5</c>, <c>10,</c> and <c>10</c>.</summary>
    internal static LineRangeParam Range(string text)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var end = comma < 0 ? "+1" : text[(comma + 1)..];
        if (int.TryParse(comma < 0 ? text : text[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0)
        {
            if (end.Length == 0)
            {
                return new LineRangeParam(first, int.MaxValue);
            }

            if (int.TryParse(end.TrimStart('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                return new LineRangeParam(first, end[0] == '+' ? (int)Math.Min(int.MaxValue, (long)first + number - 1) : number);
            }
        }

        throw AgentException.Of(ErrorCodes.InvalidArgument, $"'{text}' is no range of lines.", "As in '-L 10,20', '-L 10,+5' or '-L 10,'.");
    }
}
