using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Renders a status.</summary>
internal static class StatusLines
{
    /// <summary>Writes the answer for people.</summary>
    public static void Write(Lines lines, StatusResult status)
    {
        var style = lines.Style;
        lines.Line($"On branch {style.Cyan(status.Branch)} of {style.Bold(status.Owner is { } owner ? $"{owner}/{status.Name}" : status.Name)}");
        lines.Line(status.Tip is { } tip ? $"At {SnapshotLines.Short(style, tip)}" : "No snapshot yet");
        if (status is { Ahead: > 0 } or { Behind: > 0 })
        {
            lines.Line($"{status.Ahead ?? 0} ahead, {status.Behind ?? 0} behind {status.Branch}@server{Next(status)}");
        }

        RenderChanges(lines, status);
        RenderSync(lines, status.Sync);
        if (status.Held is { Count: > 0 } held)
        {
            HeldLines.Write(lines, "held back from the server ('wt sync allow PATH' releases)", held);
        }

        foreach (var overlap in status.Overlaps)
        {
            lines.Line(style.Yellow($"! {overlap.Account} works on {overlap.Path} too (branch {overlap.Branch}{(overlap.Kind == "predicted_conflict" ? ", conflict likely" : "")})"));
        }

        if (status.Recovery is { } recovery)
        {
            lines.Line(style.Yellow($"! Recovered after the agent ended uncleanly: {recovery.Action}"));
        }

        foreach (var warning in status.Warnings)
        {
            lines.Line(style.Yellow($"! {warning.Message}") + (warning.Hint is { } hint ? $"\n  {hint}" : ""));
        }
    }

    private static string Next(StatusResult status) => (status.Ahead ?? 0, status.Behind ?? 0) switch
    {
        ( > 0, 0) => "; 'wt push' sends them",
        (0, > 0) => "; 'wt pull' brings them",
        _ => "; 'wt pull' merges, then 'wt push'",
    };

    private static void RenderChanges(Lines lines, StatusResult status)
    {
        if (status.Conflicts.Count > 0)
        {
            lines.Line(lines.Style.Red($"{status.Conflicts.Count} conflicts; edit the files, then 'wt snapshot':"));
            foreach (var conflict in status.Conflicts)
            {
                lines.Line($"  {lines.Style.Red("C")} {conflict.Path}  {lines.Style.Dim(conflict.Kind)}");
            }
        }

        if (status.Changes.Count == 0)
        {
            lines.Line("Nothing has changed since");
            return;
        }

        lines.Line($"{status.Changes.Count:N0} changed since ({ChangeLines.ByClass(status.Changes)}):");
        const int most = 100;
        ChangeLines.Write(lines, status.Changes, most);
        if (status.Changes.Count > most)
        {
            lines.Line($"  … and {status.Changes.Count - most:N0} more; --json lists all");
        }
    }

    private static void RenderSync(Lines lines, SyncInfo sync)
    {
        var text = sync.State switch
        {
            "none" => "Sync: no server ('wt login URL' names one)",
            "signed_out" => $"Sync: signed out of {sync.Server} ('wt login')",
            "offline" => $"Sync: {sync.Server} does not answer, {sync.Pending} waiting; work goes on",
            "paused" => $"Sync: paused, {sync.Pending} waiting ('wt sync resume')",
            "refused" => $"Sync: refused: {sync.LastError?.Message}",
            _ => $"Sync: {sync.Server}, {(sync.Pending == 0 ? "all staged" : $"{sync.Pending} waiting")}",
        };
        lines.Line(lines.Style.Dim(text));
    }
}
