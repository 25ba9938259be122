using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Writes what is held back from the server, one finding a line.</summary>
internal static class HeldLines
{
    /// <summary>More say nothing new on a terminal; <c>--json</c> lists all.</summary>
    private const int Most = 50;

    /// <summary>Writes the findings under a heading; nothing where there are none.</summary>
    public static void Write(Reporter report, string heading, IReadOnlyList<HeldInfo> held)
    {
        if (held.Count == 0)
        {
            return;
        }

        report.Line($"{held.Count:N0} {heading}:");
        foreach (var finding in held.Take(Most))
        {
            report.Line($"  {report.Style.Yellow("!")} {finding.Path}{(finding.Line is { } line ? $":{line}" : "")}  {report.Style.Dim($"{finding.About} ({finding.Rule})")}");
        }

        if (held.Count > Most)
        {
            report.Line($"  … and {held.Count - Most:N0} more; --json lists all");
        }
    }
}
