using System.CommandLine;
using System.Globalization;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt gc</c>: removes what nothing refers to, and makes the store as small as can be.</summary>
internal static class GcCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("gc", "Remove what nothing has referred to for a day, and pack the store", "wt gc --dry-run", "wt gc");
        var dryRun = command.Take(new Option<bool>("--dry-run") { Description = "Only say what would go" });
        return command.Run(async (parse, cancellationToken) =>
        {
            var report = context.Report(parse);
            var result = await context.AskAsync(
                Methods.Gc, new GcParams(parse.GetValue(dryRun)), IpcJson.Default.GcParams, IpcJson.Default.GcResult, cancellationToken);
            report.Answer(result, IpcJson.Default.GcResult, r => Render(report, r));
        });
    }

    private static void Render(Reporter report, GcResult result)
    {
        report.Line($"Kept:     {result.Reachable:N0} objects, by {string.Join(", ", result.Roots.OrderBy(root => root.Key, StringComparer.Ordinal).Select(root => $"{root.Value:N0} {root.Key}"))}");
        report.Line($"{(result.DryRun ? "Would go: " : "Removed:  ")}{Figures(result.Removed)}");
        var due = result.NextDue is { } next ? $", the first on {next.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}" : "";
        report.Line($"Waiting:  {Figures(result.Waiting)}{due}");
        if (result.ReflogPruned > 0)
        {
            report.Line($"Reflog:   {result.ReflogPruned:N0} entries beyond reflog.retention_d were pruned");
        }

        report.Line(result.DryRun
            ? $"Store:    {result.BytesBefore:N0} bytes in {result.Packs} packs; nothing was changed"
            : $"Store:    {result.BytesBefore:N0} bytes, now {result.BytesAfter:N0} in {result.Packs} packs");
    }

    private static string Figures(GcFigures figures) => $"{figures.Objects:N0} objects, {figures.Bytes:N0} bytes";
}
