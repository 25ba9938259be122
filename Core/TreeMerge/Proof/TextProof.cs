using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// Goes through base, both sides and result at once, by the claimed hunks. Between hunks the sides must have the same lines; in
/// a hunk of one side the other must have the base's; a conflict must show all three.
/// </summary>
internal ref struct TextProof
{
    private const int MinMarker = 7;

    private readonly ThreeWayText _claim;
    private readonly bool _mayJoin;
    private ReadOnlySpan<byte> _result;

    private TextProof(ThreeWayText claim, ReadOnlySpan<byte> result, bool mayJoin)
    {
        _mayJoin = mayJoin;
        _claim = claim;
        _result = result;
    }

    /// <summary>Gives what is wrong, or null.</summary>
    /// <param name="claim">How lines are said to have been joined.</param>
    /// <param name="before">The base's text.</param>
    /// <param name="ours">Our text.</param>
    /// <param name="theirs">Their text.</param>
    /// <param name="result">The result.</param>
    /// <param name="mayConflict">Whether a conflict is recorded there.</param>
    /// <param name="said">What the file's attributes allow: both sides' lines in a row, other line ends.</param>
    public static string? Check(
        ThreeWayText claim, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs, ReadOnlyMemory<byte> result, bool mayConflict, PathAttributes said)
    {
        if (said.IsText && !IsOf(claim, before, ours, theirs))
        {
            (before, ours, theirs, result) = (LineEndStyle.ToLf(before), LineEndStyle.ToLf(ours), LineEndStyle.ToLf(theirs), LineEndStyle.ToLf(result));
        }

        if (!IsOf(claim, before, ours, theirs))
        {
            return "the texts that were joined are not those of base and sides";
        }

        return new TextProof(claim, result.Span, said.Manner == MergeManner.Union).Run(mayConflict);
    }

    private static bool IsOf(ThreeWayText claim, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs) =>
        claim.Base.Content.Span.SequenceEqual(before.Span) && claim.Ours.Content.Span.SequenceEqual(ours.Span) && claim.Theirs.Content.Span.SequenceEqual(theirs.Span);

    private string? Run(bool mayConflict)
    {
        int ours = 0, theirs = 0;
        foreach (var hunk in _claim.Hunks)
        {
            if (!TakeAgreed(ours, hunk.Ours.Start, theirs, hunk.Theirs.Start))
            {
                return $"lines before our line {hunk.Ours.Start + 1} are not those that both sides have";
            }

            if (Wrong(hunk, mayConflict) is { } wrong)
            {
                return wrong;
            }

            (ours, theirs) = (hunk.Ours.End, hunk.Theirs.End);
        }

        return TakeAgreed(ours, _claim.Ours.Count, theirs, _claim.Theirs.Count) && _result.IsEmpty ? null : "the last lines are not those that both sides have";
    }

    private string? Wrong(MergeHunk hunk, bool mayConflict)
    {
        var before = Slice(_claim.Base, hunk.Base);
        var ours = Slice(_claim.Ours, hunk.Ours);
        var theirs = Slice(_claim.Theirs, hunk.Theirs);
        switch (hunk.Kind)
        {
            case HunkKind.Ours:
                return theirs.SequenceEqual(before) && Take(ours) ? null : $"our line {hunk.Ours.Start + 1}: not our change alone";
            case HunkKind.Theirs:
                return ours.SequenceEqual(before) && Take(theirs) ? null : $"their line {hunk.Theirs.Start + 1}: not their change alone";
            default:
                return (_mayJoin && (theirs.IsEmpty ? Take(ours) : TakeEnded(ours) && Take(theirs)))
                    || (mayConflict && TakeMarker('<') && TakeEnded(ours) && TakeMarker('|') && TakeEnded(before) && TakeMarker('=') && TakeEnded(theirs) && TakeMarker('>'))
                    ? null
                    : $"our line {hunk.Ours.Start + 1}: a conflict is not recorded, or does not show all three sides";
        }
    }

    private bool TakeAgreed(int ourStart, int ourEnd, int theirStart, int theirEnd)
    {
        if (ourStart > ourEnd || theirStart > theirEnd)
        {
            return false;
        }

        var lines = _claim.Ours.Slice(ourStart, ourEnd - ourStart);
        return lines.SequenceEqual(_claim.Theirs.Slice(theirStart, theirEnd - theirStart)) && Take(lines);
    }

    private bool Take(ReadOnlySpan<byte> lines)
    {
        if (!_result.StartsWith(lines))
        {
            return false;
        }

        _result = _result[lines.Length..];
        return true;
    }

    /// <summary>Takes lines of which the last may have been ended, since a marker follows.</summary>
    private bool TakeEnded(ReadOnlySpan<byte> lines) =>
        Take(lines) && (lines.IsEmpty || lines[^1] == '\n' || Take("\n"u8) || Take("\r\n"u8));

    private bool TakeMarker(char marker)
    {
        var end = _result.IndexOf((byte)'\n');
        if (end < MinMarker || _result[..MinMarker].IndexOfAnyExcept((byte)marker) >= 0)
        {
            return false;
        }

        _result = _result[(end + 1)..];
        return true;
    }

    private static ReadOnlySpan<byte> Slice(TextDiff.TextLines text, LineSpan span) => text.Slice(span.Start, span.Count);
}
