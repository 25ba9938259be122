using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Renders snapshots the same way in every command.</summary>
internal static class SnapshotLines
{
    /// <summary>Writes one line: id, kind, time, first line of the message.</summary>
    public static string Short(Style style, SnapshotInfo snapshot)
    {
        var message = FirstLine(snapshot.Message);
        var pushed = snapshot.Pushed == true ? style.Green(" pushed") : "";
        var conflicted = snapshot.Conflicted ? style.Red(" conflicted") : "";
        return $"{style.Yellow(snapshot.Id[..12])} {style.Dim(snapshot.Time[..19].Replace('T', ' '))} {snapshot.Kind,-8}{message}{Classes(style, snapshot)}{pushed}{conflicted}";
    }

    /// <summary>Writes the full head of a snapshot.</summary>
    public static void Head(Lines report, SnapshotInfo snapshot)
    {
        report.Line($"{report.Style.Yellow($"snapshot {snapshot.Id}")}");
        report.Line($"Kind:    {snapshot.Kind}{(snapshot.Conflicted ? report.Style.Red(" (conflicted)") : "")}");
        report.Line($"Author:  {snapshot.Author ?? "(withheld)"}");
        report.Line($"Time:    {snapshot.Time}");
        foreach (var parent in snapshot.Parents)
        {
            report.Line($"Parent:  {parent}");
        }

        report.Line($"Root:    {snapshot.Root}");
        if (snapshot.Classes is { Count: > 0 } classes)
        {
            report.Line($"Changed: {string.Join(", ", classes.Select(pair => $"{pair.Value} {pair.Key}"))}");
        }

        if (!string.IsNullOrEmpty(snapshot.Message))
        {
            report.Line("");
            foreach (var line in snapshot.Message.TrimEnd('\n').Split('\n'))
            {
                report.Line($"    {line}");
            }
        }
    }

    /// <summary>Writes what a new snapshot holds, or that there was nothing to keep.</summary>
    public static void Made(Lines lines, SnapshotCreateResult result)
    {
        if (result.Snapshot is not { } snapshot)
        {
            lines.Line("Nothing has changed since the last snapshot.");
            return;
        }

        lines.Line(Short(lines.Style, snapshot));
        ChangeLines.Write(lines, result.Changes, 50);
        for (var i = 0; i < result.Conflicts.Count; i++)
        {
            lines.Line($"  {lines.Style.Red("C")} {result.Conflicts[i].Path} still holds a conflict ({result.Conflicts[i].Kind})");
        }
    }

    /// <summary>What kind of things changed; the message of a snapshot that was made by itself says it already.</summary>
    private static string Classes(Style style, SnapshotInfo snapshot) => snapshot.Classes is { Count: > 0 } classes && snapshot.Kind is not ("auto" or "switch" or "recovery")
        ? style.Dim($" ({ChangeLines.ByCount(classes, grouped: false)})")
        : "";

    private static string FirstLine(string? message) => message is null ? "(withheld)" : message.Split('\n')[0];
}
