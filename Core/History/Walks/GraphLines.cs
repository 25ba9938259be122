using System.Text;

namespace W0rktree.Core.History.Walks;

/// <summary>
/// Draws history as text, one column for each line of it that is still open: a <c>*</c> for a snapshot, then the lines on which
/// columns part, join and move by one place each. Takes snapshots in an order in which none comes before its children.
/// </summary>
public sealed class GraphLines
{
    private readonly List<string> _columns = [];

    /// <summary>Draws a snapshot. The first line has its <c>*</c>; its text stands there, and further text beside <see cref="Beside"/>.</summary>
    /// <param name="id">The snapshot.</param>
    /// <param name="parents">The snapshots that it follows, among those that will be drawn.</param>
    public GraphRow Draw(string id, IReadOnlyList<string> parents)
    {
        var column = _columns.IndexOf(id);
        if (column < 0)
        {
            column = _columns.Count;
            _columns.Add(id);
        }

        var node = string.Join(' ', _columns.Select((_, i) => i == column ? '*' : '|'));
        return new GraphRow(node, Move(column, parents));
    }

    /// <summary>Gives the columns that stand open now, for text below a snapshot.</summary>
    public string Beside() => string.Join(' ', _columns.Select(_ => '|'));

    /// <summary>Replaces a column by its snapshot's parents and draws the way from the old places to the new ones.</summary>
    private List<string> Move(int column, IReadOnlyList<string> parents)
    {
        var next = new List<string>(_columns);
        next.RemoveAt(column);
        var at = column;
        foreach (var parent in parents)
        {
            if (!next.Contains(parent))
            {
                next.Insert(Math.Min(at, next.Count), parent);
                at++;
            }
        }

        var edges = new HashSet<(int From, int To)>();
        for (var i = 0; i < _columns.Count; i++)
        {
            foreach (var target in i == column ? parents : [_columns[i]])
            {
                edges.Add((i, next.IndexOf(target)));
            }
        }

        _columns.Clear();
        _columns.AddRange(next);
        return Draw(edges);
    }

    private static List<string> Draw(HashSet<(int From, int To)> edges)
    {
        var lines = new List<string>();
        while (edges.Any(edge => edge.From != edge.To))
        {
            var width = (2 * edges.Max(edge => Math.Max(edge.From, edge.To))) + 1;
            var line = new char[width];
            Array.Fill(line, ' ');
            var moved = new HashSet<(int From, int To)>();
            foreach (var (from, to) in edges)
            {
                var place = from == to ? 2 * from : to < from ? (2 * from) - 1 : (2 * from) + 1;
                var stroke = from == to ? '|' : to < from ? '/' : '\\';
                line[place] = line[place] == ' ' || line[place] == stroke ? stroke : 'X';
                moved.Add((from + Math.Sign(to - from), to));
            }

            lines.Add(new StringBuilder().Append(line).ToString().TrimEnd());
            edges = moved;
        }

        return lines;
    }
}

/// <summary>What is drawn for one snapshot.</summary>
/// <param name="Node">The line of the snapshot itself.</param>
/// <param name="Below">The lines below it, on which columns part and join; none where nothing moves.</param>
public sealed record GraphRow(string Node, IReadOnlyList<string> Below);
