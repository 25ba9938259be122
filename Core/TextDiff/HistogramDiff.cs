namespace W0rktree.Core.TextDiff;

/// <summary>
/// Aligns lines on the common run whose lines are rarest in the old text, longest first among equals, then goes on before and
/// behind it (the histogram extension of patience diff, as JGit introduced it and git has it). A part whose common lines
/// all occur too often is left to Myers.
/// </summary>
internal sealed class HistogramDiff
{
    /// <summary>Lines that occur more often than this are no anchors: git's and JGit's bound.</summary>
    private const int MaxOccurrences = 64;

    private readonly ChangedLines _lines;
    private readonly DiffBudget _budget;
    private readonly int[] _count;
    private readonly int[] _first;
    private readonly int[] _next;

    private HistogramDiff(ChangedLines lines, DiffBudget budget)
    {
        _lines = lines;
        _budget = budget;
        _count = lines.OldCounts;
        _first = new int[lines.SymbolCount];
        _next = new int[lines.Old.Length];
    }

    public static void Run(ChangedLines lines, DiffBudget budget)
    {
        var diff = new HistogramDiff(lines, budget);
        // Not recursive: a text can be cut at every line.
        var parts = new Stack<LineRange>([new(0, lines.Old.Length, 0, lines.New.Length)]);
        while (parts.TryPop(out var part))
        {
            diff.Split(part, parts);
        }
    }

    private void Split(LineRange part, Stack<LineRange> parts)
    {
        if (part.IsOneSided)
        {
            _lines.Mark(part);
            return;
        }

        if (_budget.IsUsedUp)
        {
            MyersDiff.Run(_lines, part, _budget);
            return;
        }

        Count(part);
        var search = new AnchorSearch(this, part);
        search.Run();
        foreach (var symbol in _lines.Old.AsSpan(part.OldStart, part.OldCount))
        {
            _count[symbol] = 0;
        }

        switch (search.Outcome)
        {
            case AnchorOutcome.Found:
                var anchor = search.Anchor;
                parts.Push(new(anchor.OldEnd, part.OldEnd, anchor.NewEnd, part.NewEnd));
                parts.Push(new(part.OldStart, anchor.OldStart, part.NewStart, anchor.NewStart));
                break;
            case AnchorOutcome.TooFrequent:
                MyersDiff.Run(_lines, part, _budget);
                break;
            default:
                _lines.Mark(part);
                break;
        }
    }

    /// <summary>Counts each line of the old part and chains its places, the first one first.</summary>
    private void Count(LineRange part)
    {
        unchecked
        {
            var old = _lines.Old;
            for (var line = part.OldEnd - 1; line >= part.OldStart; line--)
            {
                var symbol = old[line];
                _next[line] = _count[symbol]++ == 0 ? -1 : _first[symbol];
                _first[symbol] = line;
            }
        }
    }

    private enum AnchorOutcome
    {
        NothingCommon,
        TooFrequent,
        Found,
    }

    private ref struct AnchorSearch(HistogramDiff diff, LineRange part)
    {
        private readonly int[] _old = diff._lines.Old;
        private readonly int[] _new = diff._lines.New;
        private int _rarest = MaxOccurrences + 1;
        private bool _hasCommon;
        private bool _found;
        private long _steps;

        public LineRange Anchor { get; private set; }

        public readonly AnchorOutcome Outcome =>
            _found ? AnchorOutcome.Found : _hasCommon ? AnchorOutcome.TooFrequent : AnchorOutcome.NothingCommon;

        public void Run()
        {
            var line = part.NewStart;
            while (line < part.NewEnd)
            {
                line = TryFrom(line);
            }

            diff._budget.Spend(_steps + part.OldCount + part.NewCount);
        }

        /// <summary>Tries every place of one new line and gives the next new line that no run has covered yet.</summary>
        private int TryFrom(int newLine)
        {
            var nextLine = newLine + 1;
            var symbol = _new[newLine];
            var occurrences = diff._count[symbol];
            if (occurrences == 0)
            {
                return nextLine;
            }

            _hasCommon = true;
            if (occurrences > _rarest)
            {
                return nextLine;
            }

            unchecked
            {
                for (var place = diff._first[symbol]; place >= 0;)
                {
                    var run = Extend(place, newLine, occurrences, out var rarest);
                    nextLine = Math.Max(nextLine, run.NewEnd);
                    _steps += run.OldCount;
                    if (run.OldCount > Math.Max(1, Anchor.OldCount) || rarest < _rarest)
                    {
                        Anchor = run;
                        _rarest = rarest;
                        _found = true;
                    }

                    do
                    {
                        place = diff._next[place];
                        _steps++;
                    }
                    while (place >= 0 && place < run.OldEnd);
                }
            }

            return nextLine;
        }

        private readonly LineRange Extend(int oldLine, int newLine, int occurrences, out int rarest)
        {
            unchecked
            {
                int oldStart = oldLine, newStart = newLine, oldEnd = oldLine + 1, newEnd = newLine + 1;
                rarest = occurrences;
                while (oldStart > part.OldStart && newStart > part.NewStart && _old[oldStart - 1] == _new[newStart - 1])
                {
                    oldStart--;
                    newStart--;
                    rarest = Math.Min(rarest, diff._count[_old[oldStart]]);
                }

                while (oldEnd < part.OldEnd && newEnd < part.NewEnd && _old[oldEnd] == _new[newEnd])
                {
                    rarest = Math.Min(rarest, diff._count[_old[oldEnd]]);
                    oldEnd++;
                    newEnd++;
                }

                return new(oldStart, oldEnd, newStart, newEnd);
            }
        }
    }
}
