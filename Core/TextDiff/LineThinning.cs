namespace W0rktree.Core.TextDiff;

/// <summary>The lines of one side that take part in the search: their symbols, and their numbers in the text.</summary>
internal sealed record ThinnedLines(int[] Symbols, int[] Lines)
{
    public int Count => Lines.Length;
}

/// <summary>
/// Takes out, before the search, lines that occur on one side only, and frequent lines in the midst of those (GNU diff calls
/// them confusing): they are edits for certain, or as good as.
/// </summary>
internal static class LineThinning
{
    /// <summary>How far the neighbours of a frequent line are looked at.</summary>
    private const int Window = 100;

    /// <summary>No line is frequent below this many partners at most.</summary>
    private const int MaxFrequent = 1024;

    private enum Partners : byte
    {
        None,
        Some,
        Many,
    }

    public static (ThinnedLines Old, ThinnedLines New) Thin(ChangedLines lines, LineRange range)
    {
        var oldSymbols = lines.Old.AsSpan(range.OldStart, range.OldCount);
        var newSymbols = lines.New.AsSpan(range.NewStart, range.NewCount);
        Count(oldSymbols, lines.OldCounts);
        Count(newSymbols, lines.NewCounts);
        var inner = TrimEqualEnds(lines, range);
        var old = Thin(lines.Old, inner.OldStart, inner.OldEnd, lines.NewCounts, range.OldCount, lines.OldChanged);
        var @new = Thin(lines.New, inner.NewStart, inner.NewEnd, lines.OldCounts, range.NewCount, lines.NewChanged);
        Clear(oldSymbols, lines.OldCounts);
        Clear(newSymbols, lines.NewCounts);
        return (old, @new);
    }

    private static LineRange TrimEqualEnds(ChangedLines lines, LineRange range)
    {
        unchecked
        {
            var (oldStart, oldEnd, newStart, newEnd) = range;
            while (oldStart < oldEnd && newStart < newEnd && lines.Old[oldStart] == lines.New[newStart])
            {
                oldStart++;
                newStart++;
            }

            while (oldStart < oldEnd && newStart < newEnd && lines.Old[oldEnd - 1] == lines.New[newEnd - 1])
            {
                oldEnd--;
                newEnd--;
            }

            return new(oldStart, oldEnd, newStart, newEnd);
        }
    }

    private static void Count(ReadOnlySpan<int> symbols, int[] counts)
    {
        unchecked
        {
            foreach (var symbol in symbols)
            {
                counts[symbol]++;
            }
        }
    }

    /// <summary>Sets back only what was counted: a text may be thinned in many parts, each much smaller than the table.</summary>
    private static void Clear(ReadOnlySpan<int> symbols, int[] counts)
    {
        foreach (var symbol in symbols)
        {
            counts[symbol] = 0;
        }
    }

    private static ThinnedLines Thin(int[] symbols, int start, int end, int[] otherCounts, int total, bool[] changed)
    {
        var frequent = Math.Min(PowerNearRoot(total), MaxFrequent);
        var partners = new Partners[end - start];
        for (var i = 0; i < partners.Length; i++)
        {
            var count = otherCounts[symbols[start + i]];
            partners[i] = count == 0 ? Partners.None : count >= frequent ? Partners.Many : Partners.Some;
        }

        var kept = new List<int>(partners.Length);
        for (var i = 0; i < partners.Length; i++)
        {
            if (partners[i] == Partners.Some || (partners[i] == Partners.Many && !IsConfusing(partners, i)))
            {
                kept.Add(start + i);
            }
            else
            {
                changed[start + i] = true;
            }
        }

        int[] numbers = [.. kept];
        return new(Array.ConvertAll(numbers, line => symbols[line]), numbers);
    }

    /// <summary>
    /// True for a frequent line that has lines without partners on both sides before any ordinary one, and where these make
    /// up more than three quarters of the run.
    /// </summary>
    private static bool IsConfusing(Partners[] partners, int at)
    {
        var (noneBefore, manyBefore) = CountRun(partners, at, -1);
        if (noneBefore == 0)
        {
            return false;
        }

        var (noneAfter, manyAfter) = CountRun(partners, at, 1);
        var many = manyBefore + manyAfter + 2;
        return noneAfter != 0 && many * 4 < many + noneBefore + noneAfter;
    }

    private static (int None, int Many) CountRun(Partners[] partners, int at, int direction)
    {
        int none = 0, many = 0;
        for (var distance = 1; distance <= Window; distance++)
        {
            var neighbour = at + (distance * direction);
            if (neighbour < 0 || neighbour >= partners.Length || partners[neighbour] == Partners.Some)
            {
                break;
            }

            if (partners[neighbour] == Partners.None)
            {
                none++;
            }
            else
            {
                many++;
            }
        }

        return (none, many);
    }

    /// <summary>A power of two near the square root: exact enough for a limit.</summary>
    internal static int PowerNearRoot(long value)
    {
        var root = 1;
        for (; value > 0; value >>= 2)
        {
            root <<= 1;
        }

        return root;
    }
}
