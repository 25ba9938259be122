using System.Globalization;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Output;

/// <summary>Renders changed paths the same way in every command.</summary>
internal static class ChangeLines
{
    /// <summary>Writes one line a change: a letter as git's, the path, and the class; not more than <paramref name="most"/>.</summary>
    public static void Write(Lines lines, IReadOnlyList<ChangeInfo> changes, int most = int.MaxValue)
    {
        for (var i = 0; i < Math.Min(changes.Count, most); i++)
        {
            var change = changes[i];
            var path = change.OldPath is { } old ? $"{old} -> {change.Path}" : change.Path;
            lines.Line($"  {Letter(lines.Style, change.Change)} {path}  {lines.Style.Dim(change.ChangeClass)}");
        }
    }

    /// <summary>Sums changes up by class: "3 code, 1 config".</summary>
    public static string ByClass(IReadOnlyList<ChangeInfo> changes)
    {
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < changes.Count; i++)
        {
            counts.TryGetValue(changes[i].ChangeClass, out var count);
            counts[changes[i].ChangeClass] = count + 1;
        }

        return ByCount(counts, grouped: true);
    }

    /// <summary>Lists counted words, the most first, then as they sort: "3 code, 1 config".</summary>
    // By hand: sorting by System.Linq has the runtime make types, which costs a command a sixth of its time.
    public static string ByCount(IReadOnlyDictionary<string, int> counts, bool grouped)
    {
        var text = "";
        var pairs = new List<(string Word, int Count)>();
        foreach (var (word, count) in counts)
        {
            var at = pairs.Count;
            while (at > 0 && (pairs[at - 1].Count < count || (pairs[at - 1].Count == count && string.CompareOrdinal(pairs[at - 1].Word, word) > 0)))
            {
                at--;
            }

            pairs.Insert(at, (word, count));
        }

        foreach (var (word, count) in pairs)
        {
            text = $"{text}{(text.Length > 0 ? ", " : "")}{(grouped ? count.ToString("N0", CultureInfo.InvariantCulture) : count.ToString(CultureInfo.InvariantCulture))} {word}";
        }

        return text;
    }

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
