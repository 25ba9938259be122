using System.Globalization;
using System.Text;
using W0rktree.Core.Ignore;

namespace W0rktree.Core.TreeMerge;

/// <summary>One <c>.gitattributes</c> file: of its attributes those that concern merging and archives. Lines that are none are passed over, as git does.</summary>
internal sealed class AttributeFile
{
    /// <summary>More than any hand-written file has.</summary>
    public const long MaxBytes = 1024 * 1024;

    private static readonly char[] s_blanks = [' ', '\t', '\r'];

    private readonly List<Line> _lines = [];

    /// <summary>Reads a file. Macros other than <c>binary</c> are not known: only git's top-level files may define them.</summary>
    public static AttributeFile Parse(ReadOnlySpan<byte> text)
    {
        var file = new AttributeFile();
        foreach (var range in text.Split((byte)'\n'))
        {
            var (pattern, rest) = Cut(Encoding.Latin1.GetString(text[range]).Trim(s_blanks));
            if (pattern.Length == 0 || pattern is "/" || pattern[0] is '#' or '!' || pattern.StartsWith("[attr]", StringComparison.Ordinal))
            {
                continue;
            }

            var said = rest.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries).SelectMany(Expand).Where(word => IsKnown(word.Name)).ToArray();
            if (said.Length > 0)
            {
                file._lines.Add(new Line(new PatternIndex([IgnorePattern.Parse(Encoding.Latin1.GetBytes(pattern), ignoreCase: false)], ignoreCase: false), said));
            }
        }

        return file;
    }

    /// <summary>Parts the pattern, which may stand between quotation marks, from what is said.</summary>
    private static (string Pattern, string Said) Cut(string line)
    {
        if (line.StartsWith('"') && line.IndexOf('"', 1) is > 0 and var quote)
        {
            return (line[1..quote], line[(quote + 1)..]);
        }

        return line.IndexOfAny(s_blanks) is > 0 and var blank ? (line[..blank], line[blank..]) : (line, "");
    }

    /// <summary>Adds to what is said of a path whatever this file says and no file below it did.</summary>
    /// <param name="path">The path from this file's directory.</param>
    /// <param name="said">Attributes by name; null for one that a file made unspecified.</param>
    /// <param name="isDirectory">Whether a directory is asked about, as for archives alone.</param>
    public void Collect(ReadOnlySpan<byte> path, Dictionary<string, string?> said, bool isDirectory = false)
    {
        for (var i = _lines.Count - 1; i >= 0; i--)
        {
            if (_lines[i].Pattern.FindLast(path, isDirectory) >= 0)
            {
                for (var word = _lines[i].Said.Length - 1; word >= 0; word--)
                {
                    said.TryAdd(_lines[i].Said[word].Name, _lines[i].Said[word].Value);
                }
            }
        }
    }

    /// <summary>Gives what collected attributes mean for a merge.</summary>
    public static PathAttributes Meaning(Dictionary<string, string?> said)
    {
        var manner = said.GetValueOrDefault("merge") switch
        {
            "-" or "binary" => MergeManner.Whole,
            "union" => MergeManner.Union,
            _ => MergeManner.Usual,
        };
        var isText = said.GetValueOrDefault("text") is "+" or "auto" || (said.GetValueOrDefault("text") is null && said.GetValueOrDefault("eol") is "lf" or "crlf");
        var usual = TextMerge.ConflictMarkers.UsualLength;
        var length = int.TryParse(said.GetValueOrDefault("conflict-marker-size"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, usual, 1000) : usual;
        return new PathAttributes(manner, isText, length);
    }

    private static bool IsKnown(string name) => name is "merge" or "text" or "eol" or "conflict-marker-size" or "export-ignore" or "export-subst";

    private static IEnumerable<Attribute> Expand(string word) => word switch
    {
        "binary" => [new("merge", "-"), new("text", "-")],
        ['-', .. var name] => [new(name, "-")],
        ['!', .. var name] => [new(name, null)],
        _ when word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at => [new(word[..at], word[(at + 1)..])],
        _ => [new(word, "+")],
    };

    private readonly record struct Attribute(string Name, string? Value);

    private sealed record Line(PatternIndex Pattern, Attribute[] Said);
}
