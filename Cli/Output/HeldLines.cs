using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Writes what is held back from the server, one finding a line.</summary>
internal static class HeldLines
{
    /// <summary>More say nothing new on a terminal; <c>--json</c> lists all.</summary>
    private const int Most = 50;

    /// <summary>Writes the findings under a heading; nothing where there are none.</summary>
    public static void Write(Lines lines, string heading, IReadOnlyList<HeldInfo> held)
    {
        if (held.Count == 0)
        {
            return;
        }

        lines.Line($"{held.Count:N0} {heading}:");
        for (var i = 0; i < Math.Min(held.Count, Most); i++)
        {
            var finding = held[i];
            lines.Line($"  {lines.Style.Yellow("!")} {finding.Path}{(finding.Line is { } line ? $":{line}" : "")}  {lines.Style.Dim($"{finding.About} ({finding.Rule})")}");
        }

        if (held.Count > Most)
        {
            lines.Line($"  … and {held.Count - Most:N0} more; --json lists all");
        }
    }
}
