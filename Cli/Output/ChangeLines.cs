using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Renders changed paths the same way in every command.</summary>
internal static class ChangeLines
{
    /// <summary>Writes one line a change: a letter as git's, the path, and the class.</summary>
    public static void Write(Reporter report, IEnumerable<ChangeInfo> changes)
    {
        foreach (var change in changes)
        {
            var path = change.OldPath is { } old ? $"{old} -> {change.Path}" : change.Path;
            report.Line($"  {Letter(report.Style, change.Change)} {path}  {report.Style.Dim(change.ChangeClass)}");
        }
    }

    /// <summary>Sums changes up by class: "3 code, 1 config".</summary>
    public static string ByClass(IEnumerable<ChangeInfo> changes) =>
        string.Join(", ", changes.GroupBy(c => c.ChangeClass).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count():N0} {g.Key}"));

    private static string Letter(Style style, string change) => change switch
    {
        "added" => style.Green("A"),
        "deleted" => style.Red("D"),
        "renamed" => style.Cyan("R"),
        "copied" => style.Cyan("C"),
        "mode_changed" => style.Yellow("X"),
        "type_changed" => style.Yellow("T"),
        _ => style.Yellow("M"),
    };
}
