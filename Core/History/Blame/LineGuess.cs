using W0rktree.Core.TextDiff;

namespace W0rktree.Core.History.Blame;

/// <summary>Guesses which line of an older text became a changed line of a newer one, where the change itself is to be ignored.</summary>
internal static class LineGuess
{
    /// <summary>Gives the older line, or null where the edit that brought the line replaced nothing.</summary>
    /// <remarks>In an edit of as many lines as before each line became the one at its place; else the most alike nearby is taken.</remarks>
    public static int? Before(IReadOnlyList<LineEdit> edits, TextLines now, TextLines before, int line)
    {
        foreach (var edit in edits)
        {
            if (line < edit.NewStart || line >= edit.NewEnd)
            {
                continue;
            }

            if (edit.OldCount == 0)
            {
                return null;
            }

            var place = edit.OldStart + (int)((long)(line - edit.NewStart) * edit.OldCount / edit.NewCount);
            return edit.OldCount == edit.NewCount ? place : MostAlike(now[line], before, edit, place);
        }

        return null;
    }

    /// <summary>How far around the place that proportion gives a line is looked for.</summary>
    private const int Reach = 20;

    private static int? MostAlike(ReadOnlySpan<byte> line, TextLines before, LineEdit edit, int place)
    {
        int? best = null;
        var bestShare = 0.0;
        for (var distance = 0; distance <= Reach; distance++)
        {
            foreach (var at in distance == 0 ? [place] : new[] { place - distance, place + distance })
            {
                if (at >= edit.OldStart && at < edit.OldEnd && Alikeness(line, before[at]) is var share && share > bestShare)
                {
                    (best, bestShare) = (at, share);
                }
            }
        }

        return best;
    }

    /// <summary>The share of neighbouring pairs of visible bytes that two lines have in common.</summary>
    private static double Alikeness(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var counts = new Dictionary<int, int>();
        var (leftPairs, rightPairs, shared) = (0, 0, 0);
        foreach (var pair in Pairs(left))
        {
            counts[pair] = counts.GetValueOrDefault(pair) + 1;
            leftPairs++;
        }

        foreach (var pair in Pairs(right))
        {
            rightPairs++;
            if (counts.GetValueOrDefault(pair) is > 0 and var count)
            {
                counts[pair] = count - 1;
                shared++;
            }
        }

        return leftPairs + rightPairs == 0 ? 0 : 2.0 * shared / (leftPairs + rightPairs);
    }

    private static List<int> Pairs(ReadOnlySpan<byte> line)
    {
        var pairs = new List<int>();
        var last = -1;
        foreach (var value in line)
        {
            if (value > ' ')
            {
                if (last >= 0)
                {
                    pairs.Add((last << 8) | value);
                }

                last = value;
            }
        }

        return pairs;
    }
}
