using System.CommandLine;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt diff</c>: compares two states.</summary>
internal static class DiffCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("diff", "Compare the working directory with the last snapshot, or any two states",
            "wt diff", "wt diff --from main@server", "wt diff --from 3f9a1c --to main --stat", "wt diff --patch src/ | git apply")
        { IsLong = true };
        var paths = command.Take(new Argument<string[]>("paths") { Description = "Only these files and folders", Arity = ArgumentArity.ZeroOrMore });
        var from = command.Take(new Option<string?>("--from", "-f") { Description = "The older state; the line's tip by default" });
        var to = command.Take(new Option<string?>("--to", "-t") { Description = "The newer state; the working directory by default" });
        var patch = command.Take(new Option<bool>("--patch", "-p") { Description = "A patch without colour, for patch and git apply" });
        var stat = command.Take(new Option<bool>("--stat") { Description = "Changed lines by file" });
        var names = command.Take(new Option<bool>("--name-only") { Description = "Only the paths" });
        var words = command.Take(new Option<bool>("--word-diff") { Description = "Changed words within lines" });
        var context_ = command.Take(new Option<int?>("--unified", "-U") { Description = "Lines of context; 3 by default" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var format = report.Json ? "structured"
                : parse.GetValue(stat) ? "stat"
                : parse.GetValue(names) ? "name_only"
                : parse.GetValue(words) ? "word"
                : "patch";
            using var painter = new PatchPainter(context.Terminal, report.Style, enabled: (format is "patch" or "word") && !parse.GetValue(patch) && context.Terminal.UseColor);
            var selected = parse.GetValue(paths) is { Length: > 0 } given ? given.Select(context.Absolute).ToArray() : null;
            var result = await context.AskAsync(
                Methods.Diff, new DiffParams(parse.GetValue(from), parse.GetValue(to), selected, format, parse.GetValue(context_)),
                IpcJson.Default.DiffParams, IpcJson.Default.DiffResult, cancellationToken,
                item =>
                {
                    if (report.Json)
                    {
                        report.Line(item.GetRawText());
                    }
                    else if (System.Text.Json.JsonSerializer.Deserialize(item, IpcJson.Default.ContentEvent) is { } part)
                    {
                        painter.Write(part.Data);
                    }
                });
            if (result.RenamesGaveUpAt is { } comparisons)
            {
                report.Note($"Renames with edits were not searched for: {comparisons:N0} pairs of files would have had to be compared.");
            }

            if (report.Json)
            {
                report.Answer(result, IpcJson.Default.DiffResult, _ => { });
            }
        });
    }
}
