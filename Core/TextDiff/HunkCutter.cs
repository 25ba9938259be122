namespace W0rktree.Core.TextDiff;

/// <summary>Cuts a diff into hunks: which edits stand together, and how far the unchanged lines around them go. As git cuts.</summary>
internal sealed class HunkCutter
{
    private readonly LineDiff _diff;
    private readonly int _context;
    private readonly bool _wholeFunctions;

    public HunkCutter(LineDiff diff, int contextLines, bool wholeFunctions)
    {
        _diff = diff;
        _wholeFunctions = wholeFunctions;
        // More context than there are lines means all of them; this also keeps sums from overflowing.
        _context = Math.Min(contextLines, Math.Max(diff.Old.Count, diff.New.Count));
    }

    public IEnumerable<DiffHunk> Run()
    {
        for (var start = 0; FindGroup(start) is { } group; start = group.Last + 1)
        {
            group = _wholeFunctions ? new FunctionExtent(_diff, _context).Extend(group, start) : Around(group);
            yield return new(
                group.OldStart, group.OldEnd - group.OldStart, group.NewStart, group.NewEnd - group.NewStart,
                [.. _diff.Edits.Skip(group.First).Take(group.Last - group.First + 1)]);
        }
    }

    private HunkExtent Around(HunkExtent group) => HunkExtent.Before(_diff, group, _context) with
    {
        OldEnd = HunkExtent.After(_diff, group.Last, _context).OldEnd,
        NewEnd = HunkExtent.After(_diff, group.Last, _context).NewEnd,
    };

    /// <summary>
    /// Finds the next edits that stand together. Edits that do not count, those of blank lines, are shown only where they are within the
    /// context of one that does.
    /// </summary>
    private HunkExtent? FindGroup(int start)
    {
        var edits = _diff.Edits;
        var first = start;
        for (var i = start; i < edits.Count && _diff.IsIgnorable(i); i++)
        {
            if (i + 1 == edits.Count || Gap(i + 1) >= _context)
            {
                first = i + 1;
            }
        }

        if (first >= edits.Count)
        {
            return null;
        }

        var last = first;
        var ignoredLines = 0L;
        for (var i = first + 1; i < edits.Count && Gap(i) <= 2L * _context; i++)
        {
            var isNear = Gap(i) < _context;
            if (_diff.IsIgnorable(i) && !(isNear && last == i - 1))
            {
                if (!isNear && last != i - 1 && edits[i].OldStart + ignoredLines - edits[last].OldEnd > 2L * _context)
                {
                    break;
                }

                ignoredLines += edits[i].NewCount;
                continue;
            }

            if (!isNear && last != i - 1 && edits[i].OldStart + ignoredLines - edits[last].OldEnd > 2L * _context)
            {
                break;
            }

            (last, ignoredLines) = (i, 0);
        }

        return new HunkExtent(first, last, 0, 0, 0, 0);
    }

    private int Gap(int edit) => _diff.Edits[edit].OldStart - _diff.Edits[edit - 1].OldEnd;
}

/// <summary>The edits of a hunk, the last one included, and its lines on both sides, the ends exclusive.</summary>
internal readonly record struct HunkExtent(int First, int Last, int OldStart, int OldEnd, int NewStart, int NewEnd)
{
    /// <summary>Gives a hunk that begins some lines before its first edit.</summary>
    public static HunkExtent Before(LineDiff diff, HunkExtent group, int context)
    {
        var edit = diff.Edits[group.First];
        return group with { OldStart = Math.Max(0, edit.OldStart - context), NewStart = Math.Max(0, edit.NewStart - context) };
    }

    /// <summary>Gives where a hunk ends, some lines behind an edit.</summary>
    public static (int OldEnd, int NewEnd) After(LineDiff diff, int last, int context)
    {
        var edit = diff.Edits[last];
        var lines = Math.Min(context, Math.Min(diff.Old.Count - edit.OldEnd, diff.New.Count - edit.NewEnd));
        return (edit.OldEnd + lines, edit.NewEnd + lines);
    }
}
