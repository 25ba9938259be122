namespace W0rktree.Core.TextDiff;

/// <summary>Extends hunks to the whole functions around their edits, with the comment above them, as <c>git diff -W</c> does.</summary>
internal sealed class FunctionExtent(LineDiff diff, int context)
{
    private const int NotFound = -1;

    /// <summary>Gives the hunk of a group of edits.</summary>
    /// <param name="group">The edits that stand together by their distance alone.</param>
    /// <param name="start">The first edit that no earlier hunk has.</param>
    public HunkExtent Extend(HunkExtent group, int start)
    {
        var extent = HunkExtent.Before(diff, group, context);
        while (Above(extent) is { } above && above < extent.OldStart)
        {
            extent = extent with { NewStart = Math.Max(0, extent.NewStart - (extent.OldStart - above)), OldStart = above };
            // Edits that did not count and lie in what is shown now are shown after all.
            var first = start;
            while (first < extent.First && diff.Edits[first].OldEnd <= extent.OldStart && diff.Edits[first].NewEnd <= extent.NewStart)
            {
                first++;
            }

            if (first == extent.First)
            {
                break;
            }

            extent = HunkExtent.Before(diff, extent with { First = first }, context);
        }

        return Below(extent);
    }

    /// <summary>Finds the line where the function around the first edit begins; null where a whole function was appended.</summary>
    private int? Above(HunkExtent extent)
    {
        var edit = diff.Edits[extent.First];
        var from = edit.OldStart;
        if (from >= diff.Old.Count)
        {
            if (Find(diff.New, edit.NewStart, diff.New.Count) != NotFound)
            {
                return null;
            }

            from = diff.Old.Count - 1;
        }

        var function = Find(diff.Old, from, -1);
        while (function > 0 && !SpaceRules.IsBlank(diff.Old[function - 1]) && !FunctionLines.IsFunction(diff.Old[function - 1]))
        {
            function--;
        }

        return Math.Max(0, function);
    }

    private HunkExtent Below(HunkExtent extent)
    {
        while (true)
        {
            var (oldEnd, newEnd) = HunkExtent.After(diff, extent.Last, context);
            var next = Find(diff.Old, diff.Edits[extent.Last].OldEnd, diff.Old.Count);
            while (next > 0 && SpaceRules.IsBlank(diff.Old[next - 1]))
            {
                next--;
            }

            next = next == NotFound ? diff.Old.Count : next;
            if (next > oldEnd)
            {
                (oldEnd, newEnd) = (next, Math.Min(diff.New.Count, newEnd + next - oldEnd));
            }

            extent = extent with { OldEnd = oldEnd, NewEnd = newEnd };
            if (extent.Last + 1 == diff.Edits.Count || !Reaches(extent, diff.Edits[extent.Last + 1]))
            {
                return extent;
            }

            extent = extent with { Last = extent.Last + 1 };
        }
    }

    /// <summary>Tells whether the next edit is near or in the same function.</summary>
    private bool Reaches(HunkExtent extent, LineEdit next)
    {
        var line = Math.Min(next.OldStart, diff.Old.Count - 1);
        return line - context <= extent.OldEnd || Find(diff.Old, line, extent.OldEnd) == NotFound;
    }

    /// <summary>Looks for a line that begins a function from one line on towards another, which is not looked at itself.</summary>
    private static int Find(TextLines text, int from, int to)
    {
        var step = from > to ? -1 : 1;
        for (var line = from; line != to && line >= 0 && line < text.Count; line += step)
        {
            if (FunctionLines.IsFunction(text[line]))
            {
                return line;
            }
        }

        return NotFound;
    }
}
