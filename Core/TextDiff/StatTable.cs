using System.Text;

namespace W0rktree.Core.TextDiff;

/// <summary>Writes the table of <c>--stat</c> and its last line, laid out as git does.</summary>
public static class StatTable
{
    /// <summary>The usual width in columns, where the terminal's is not known.</summary>
    public const int DefaultWidth = 80;

    /// <summary>Gives the table, one line a file, and the summary; each line ends in <c>\n</c>.</summary>
    public static string Format(IReadOnlyList<FileStat> files, int width = DefaultWidth)
    {
        var text = new StringBuilder();
        var layout = Layout.For(files, width);
        foreach (var file in files)
        {
            WriteFile(text, file, layout);
        }

        return text.Append(FormatSummary(files)).Append('\n').ToString();
    }

    /// <summary>Gives <c> N files changed, A insertions(+), R deletions(-)</c>.</summary>
    public static string FormatSummary(IReadOnlyList<FileStat> files)
    {
        if (files.Count == 0)
        {
            return " 0 files changed";
        }

        var added = files.Where(file => !file.IsBinary).Sum(file => file.Added);
        var removed = files.Where(file => !file.IsBinary).Sum(file => file.Removed);
        var text = new StringBuilder($" {files.Count} {(files.Count == 1 ? "file" : "files")} changed");
        if (added > 0 || removed == 0)
        {
            text.Append($", {added} {(added == 1 ? "insertion" : "insertions")}(+)");
        }

        if (removed > 0 || added == 0)
        {
            text.Append($", {removed} {(removed == 1 ? "deletion" : "deletions")}(-)");
        }

        return text.ToString();
    }

    private static void WriteFile(StringBuilder text, FileStat file, Layout layout)
    {
        text.Append(' ').Append(Shorten(file.Name, layout.NameWidth).PadRight(layout.NameWidth)).Append(" | ");
        if (file.IsBinary)
        {
            text.Append("Bin".PadLeft(layout.NumberWidth));
            text.Append(file.Added + file.Removed == 0 ? "\n" : $" {file.Removed} -> {file.Added} bytes\n");
            return;
        }

        var (plus, minus) = layout.Scale(file.Added, file.Removed);
        text.Append($"{file.Added + file.Removed}".PadLeft(layout.NumberWidth));
        text.Append(plus + minus > 0 ? " " : "").Append('+', plus).Append('-', minus).Append('\n');
    }

    /// <summary>Cuts a long name in front, at a slash where there is one.</summary>
    private static string Shorten(string name, int width)
    {
        if (name.Length <= width)
        {
            return name;
        }

        var end = name[(name.Length - Math.Max(0, width - 3))..];
        var slash = end.IndexOf('/', StringComparison.Ordinal);
        return "..." + (slash < 0 ? end : end[slash..]);
    }

    /// <summary>The widths of the three columns. The graph gets at most three eighths when there is not room for everything.</summary>
    private readonly record struct Layout(int NameWidth, int NumberWidth, int GraphWidth, long MostChanged)
    {
        private const int Separators = 6;
        private const int LeastGraph = 6;

        public static Layout For(IReadOnlyList<FileStat> files, int width)
        {
            var nameWidth = files.Select(file => file.Name.Length).DefaultIfEmpty(0).Max();
            var most = files.Where(file => !file.IsBinary).Select(file => file.Added + file.Removed).DefaultIfEmpty(0).Max();
            var binaryWidth = files.Where(file => file.IsBinary && file.Added + file.Removed > 0)
                .Select(file => 14 + $"{file.Added}".Length + $"{file.Removed}".Length).DefaultIfEmpty(0).Max();
            var numberWidth = Math.Max($"{most}".Length, files.Any(file => file.IsBinary) ? 3 : 0);
            width = Math.Max(width, 16 + Separators + numberWidth);
            var graphWidth = (int)Math.Min(int.MaxValue / 4, most + 4 > binaryWidth ? most : binaryWidth - 4);
            if (nameWidth + numberWidth + Separators + graphWidth > width)
            {
                graphWidth = Math.Min(graphWidth, Math.Max(LeastGraph, (width * 3 / 8) - numberWidth - Separators));
                if (nameWidth > width - numberWidth - Separators - graphWidth)
                {
                    nameWidth = width - numberWidth - Separators - graphWidth;
                }
                else
                {
                    graphWidth = width - numberWidth - Separators - nameWidth;
                }
            }

            return new(nameWidth, numberWidth, graphWidth, most);
        }

        public (int Plus, int Minus) Scale(long added, long removed)
        {
            if (GraphWidth > MostChanged)
            {
                return ((int)added, (int)removed);
            }

            var total = Scale(added + removed);
            if (total < 2 && added > 0 && removed > 0)
            {
                // Both signs are always shown.
                total = 2;
            }

            return added < removed ? (Scale(added), total - Scale(added)) : (total - Scale(removed), Scale(removed));
        }

        /// <summary>At least one column for anything at all.</summary>
        private int Scale(long count) => count == 0 ? 0 : 1 + (int)(count * (GraphWidth - 1) / MostChanged);
    }
}
