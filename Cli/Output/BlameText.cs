using System.Globalization;
using System.Text.RegularExpressions;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Renders blamed lines for people: snapshot, author, day, number, line.</summary>
internal static class BlameText
{
    private const int AuthorWidth = 18;

    public static void Write(Reporter report, BlameEvent part)
    {
        var name = part.Author is null ? "(withheld)" : part.Author.Split(" <")[0];
        name = name.Length > AuthorWidth ? name[..(AuthorWidth - 1)] + "…" : name.PadRight(AuthorWidth);
        var mark = part.PassedOn ? "?" : " ";
        for (var i = 0; i < part.Lines.Count; i++)
        {
            report.Line($"{report.Style.Yellow(part.Snapshot[..12])}{mark}{report.Style.Dim($"{name} {part.Time[..10]} {(part.Line + i).ToString(CultureInfo.InvariantCulture),5})")} {part.Lines[i]}");
        }
    }
}

/// <summary>Renders blamed lines in the form of <c>git blame --porcelain</c>, which editors read, with snapshot ids in place of commits.</summary>
internal sealed partial class BlamePorcelain(Reporter report)
{
    private readonly HashSet<string> _told = [];

    public void Write(BlameEvent part)
    {
        for (var i = 0; i < part.Lines.Count; i++)
        {
            report.Line($"{part.Snapshot} {part.OriginLine + i} {part.Line + i}{(i == 0 ? $" {part.Lines.Count}" : "")}");
            if (_told.Add(part.Snapshot))
            {
                Head(part);
            }

            if (i == 0)
            {
                report.Line($"filename {part.OriginPath}");
            }

            report.Line($"\t{part.Lines[i]}");
        }
    }

    private void Head(BlameEvent part)
    {
        var person = Person().Match(part.Author ?? "(withheld) <>");
        var time = DateTimeOffset.Parse(part.Time, CultureInfo.InvariantCulture);
        foreach (var role in new[] { "author", "committer" })
        {
            report.Line($"{role} {(person.Success ? person.Groups["name"].Value : part.Author)}");
            report.Line($"{role}-mail <{(person.Success ? person.Groups["mail"].Value : "")}>");
            report.Line($"{role}-time {time.ToUnixTimeSeconds()}");
            report.Line($"{role}-tz {time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal)}");
        }

        report.Line($"summary {part.Summary ?? "(withheld)"}");
    }

    [GeneratedRegex("^(?<name>.*?) ?<(?<mail>[^>]*)>$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Person();
}
