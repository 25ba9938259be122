namespace W0rktree.Core.TextDiff;

/// <summary>
/// Rates how natural it looks when an edit begins or ends at a line, from indentation and blank lines. The weights are those
/// that git took from M. Haggerty's diff-slider-tools, which fitted them to diffs rated by people.
/// </summary>
internal readonly record struct IndentScore(int EffectiveIndent, int Penalty)
{
    private const int StartOfFile = 1;
    private const int EndOfFile = 21;
    private const int PerBlank = -30;
    private const int PerBlankAfter = 6;
    private const int Indent = -4;
    private const int IndentWithBlank = 10;
    private const int Outdent = 24;
    private const int OutdentWithBlank = 17;
    private const int Dedent = 23;
    private const int DedentWithBlank = 17;
    private const int IndentWeight = 60;
    private const int MaxSlide = 100;
    private const int MaxIndent = 200;
    private const int MaxBlanks = 20;

    /// <summary>Gives the best end for a group that is as far down as it goes; of equals the lowest.</summary>
    public static int BestEnd(TextLines text, ChangeGroup group, int earliestEnd)
    {
        var first = Math.Max(earliestEnd, Math.Max(group.End - group.Count - 1, group.End - MaxSlide));
        var best = default(IndentScore);
        var bestEnd = -1;
        for (var end = first; end <= group.End; end++)
        {
            var score = Rate(text, end).Plus(Rate(text, end - group.Count));
            if (bestEnd < 0 || score.CompareTo(best) <= 0)
            {
                best = score;
                bestEnd = end;
            }
        }

        return bestEnd;
    }

    private IndentScore Plus(IndentScore other) => new(EffectiveIndent + other.EffectiveIndent, Penalty + other.Penalty);

    private int CompareTo(IndentScore other) =>
        (IndentWeight * EffectiveIndent.CompareTo(other.EffectiveIndent)) + Penalty - other.Penalty;

    /// <summary>Rates the place before a line.</summary>
    private static IndentScore Rate(TextLines text, int line)
    {
        var (before, blanksBefore) = FindIndent(text, line - 1, -1);
        var own = line < text.Count ? IndentOf(text[line]) : -1;
        var (after, blanksBehind) = FindIndent(text, line + 1, 1);
        var blanksAfter = own == -1 ? 1 + blanksBehind : 0;
        var blanks = blanksBefore + blanksAfter;
        var indent = own != -1 ? own : after;
        var penalty = (PerBlank * blanks) + (PerBlankAfter * blanksAfter);
        penalty += before == -1 && blanksBefore == 0 ? StartOfFile : 0;
        penalty += line >= text.Count ? EndOfFile : 0;
        if (indent != -1 && before != -1 && indent != before)
        {
            penalty += (indent > before, after != -1 && after > indent, blanks != 0) switch
            {
                (true, _, false) => Indent,
                (true, _, true) => IndentWithBlank,
                (false, true, false) => Outdent,
                (false, true, true) => OutdentWithBlank,
                (false, false, false) => Dedent,
                (false, false, true) => DedentWithBlank,
            };
        }

        return new(indent, penalty);
    }

    /// <summary>Finds the indentation of the nearest line that is not blank, and how many blank ones lie before it.</summary>
    private static (int Indent, int Blanks) FindIndent(TextLines text, int from, int direction)
    {
        var blanks = 0;
        for (var line = from; line >= 0 && line < text.Count; line += direction)
        {
            var indent = IndentOf(text[line]);
            if (indent != -1)
            {
                return (indent, blanks);
            }

            if (++blanks == MaxBlanks)
            {
                return (0, blanks);
            }
        }

        return (-1, blanks);
    }

    /// <summary>Counts columns before the first visible byte, a tab going to the next multiple of 8; -1 for a blank line.</summary>
    private static int IndentOf(ReadOnlySpan<byte> line)
    {
        var indent = 0;
        foreach (var value in line)
        {
            switch (value)
            {
                case (byte)' ':
                    indent++;
                    break;
                case (byte)'\t':
                    indent += 8 - (indent % 8);
                    break;
                case (byte)'\n' or (byte)'\r' or (byte)'\v' or (byte)'\f':
                    break;
                default:
                    return indent;
            }

            if (indent >= MaxIndent)
            {
                return MaxIndent;
            }
        }

        return -1;
    }
}
