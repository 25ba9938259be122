using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>
/// Weaves the edits of both sides against the base into hunks. Edits that overlap, or touch without an unchanged line between
/// them, conflict, unless both sides made exactly the same edit; this is the rule of git's xdl_merge.
/// </summary>
internal sealed class HunkWeaver
{
    private readonly LineDiff _ours;
    private readonly LineDiff _theirs;
    private readonly List<MergeHunk> _hunks = [];

    private HunkWeaver(LineDiff ours, LineDiff theirs)
    {
        _ours = ours;
        _theirs = theirs;
    }

    public static ThreeWayText Weave(LineDiff ours, LineDiff theirs)
    {
        var weaver = new HunkWeaver(ours, theirs);
        weaver.Weave();
        weaver._hunks.RemoveAll(weaver.IsAgreed);
        return new(ours.Old, ours.New, theirs.New, weaver._hunks);
    }

    private void Weave()
    {
        int a = 0, b = 0;
        while (a < _ours.Edits.Count || b < _theirs.Edits.Count)
        {
            if (b == _theirs.Edits.Count || (a < _ours.Edits.Count && _ours.Edits[a].OldEnd < _theirs.Edits[b].OldStart))
            {
                var edit = _ours.Edits[a];
                var span = new LineSpan(edit.OldStart, edit.OldCount);
                Append(new(HunkKind.Ours, span, new(edit.NewStart, edit.NewCount), Shift(span, Offset(_theirs, b))));
                a++;
            }
            else if (a == _ours.Edits.Count || _theirs.Edits[b].OldEnd < _ours.Edits[a].OldStart)
            {
                var edit = _theirs.Edits[b];
                var span = new LineSpan(edit.OldStart, edit.OldCount);
                Append(new(HunkKind.Theirs, span, Shift(span, Offset(_ours, a)), new(edit.NewStart, edit.NewCount)));
                b++;
            }
            else
            {
                var (ours, theirs) = (_ours.Edits[a], _theirs.Edits[b]);
                if (!IsSameEdit(ours, theirs))
                {
                    Append(Conflict(ours, theirs));
                }

                // The one that ends first is done; the other may reach into the next edit.
                a += ours.OldEnd <= theirs.OldEnd ? 1 : 0;
                b += theirs.OldEnd <= ours.OldEnd ? 1 : 0;
            }
        }
    }

    /// <summary>How far lines of a side are from the base's before its n-th edit.</summary>
    private static int Offset(LineDiff side, int edit) => edit < side.Edits.Count
        ? side.Edits[edit].NewStart - side.Edits[edit].OldStart
        : side.New.Count - side.Old.Count;

    private static LineSpan Shift(LineSpan span, int offset) => span with { Start = span.Start + offset };

    private bool IsSameEdit(LineEdit ours, LineEdit theirs) =>
        ours.OldStart == theirs.OldStart && ours.OldCount == theirs.OldCount && ours.NewCount == theirs.NewCount
        && _ours.New.Slice(ours.NewStart, ours.NewCount).SequenceEqual(_theirs.New.Slice(theirs.NewStart, theirs.NewCount));

    /// <summary>Covers the union of both edits in the base; each side is widened by as many unchanged lines as that takes.</summary>
    private static MergeHunk Conflict(LineEdit ours, LineEdit theirs)
    {
        var start = Math.Min(ours.OldStart, theirs.OldStart);
        var end = Math.Max(ours.OldEnd, theirs.OldEnd);
        return new(HunkKind.Conflict, Span(start, end), Widen(ours, start, end), Widen(theirs, start, end));
    }

    private static LineSpan Widen(LineEdit edit, int start, int end) =>
        Span(edit.NewStart - (edit.OldStart - start), edit.NewEnd + (end - edit.OldEnd));

    private static LineSpan Span(int start, int end) => new(start, end - start);

    /// <summary>Adds a hunk, joined with the one before where they touch on either side.</summary>
    private void Append(MergeHunk hunk)
    {
        if (_hunks.Count > 0 && _hunks[^1] is var last && (hunk.Ours.Start <= last.Ours.End || hunk.Theirs.Start <= last.Theirs.End))
        {
            _hunks[^1] = new(
                last.Kind == hunk.Kind ? last.Kind : HunkKind.Conflict,
                Span(last.Base.Start, hunk.Base.End),
                Span(last.Ours.Start, hunk.Ours.End),
                Span(last.Theirs.Start, hunk.Theirs.End));
        }
        else
        {
            _hunks.Add(hunk);
        }
    }

    /// <summary>True for a conflict in which both sides came to the same lines by different edits: nobody need look at it.</summary>
    private bool IsAgreed(MergeHunk hunk) => hunk.Kind == HunkKind.Conflict
        && _ours.New.Slice(hunk.Ours.Start, hunk.Ours.Count).SequenceEqual(_theirs.New.Slice(hunk.Theirs.Start, hunk.Theirs.Count));
}
