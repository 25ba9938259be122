using W0rktree.Core.TextDiff;

namespace W0rktree.Core.History.Blame;

/// <summary>Tells which lines of a text stand in an older one too.</summary>
internal static class LineMap
{
    /// <summary>
    /// So many equal lines around what differs take part in the comparison: where an edit could stand in several places it is moved
    /// to the most natural one, and none is looked for further away.
    /// </summary>
    private const int Surroundings = 100;

    // As git's blame: shortest edits, moved to where indentation says.
    private static readonly LineDiffOptions s_options = new(DiffAlgorithm.Myers);

    /// <summary>Compares two versions, of which nearly all is equal.</summary>
    public static IReadOnlyList<LineEdit> Edits(TextLines before, TextLines now)
    {
        var head = before.EqualLinesAtStart(now);
        var tail = before.EqualLinesAtEnd(now, head);
        head = Math.Max(0, head - Surroundings);
        tail = Math.Max(0, tail - Surroundings);
        if (head == 0 && tail == 0)
        {
            return LineDiff.Compute(before, now, s_options).Edits;
        }

        var inner = LineDiff.Compute(before.Part(head, before.Count - head - tail), now.Part(head, now.Count - head - tail), s_options).Edits;
        return [.. inner.Select(edit => new LineEdit(edit.OldStart + head, edit.OldCount, edit.NewStart + head, edit.NewCount))];
    }

    /// <summary>Cuts lines of the newer text into those that the older one has and those that it has not.</summary>
    public static void Split(IReadOnlyList<LineEdit> edits, Piece piece, List<Piece> older, List<Piece> own)
    {
        var (at, end) = (piece.At, piece.At + piece.Count);
        for (var next = FirstAfter(edits, at); at < end; next++)
        {
            var edit = next < edits.Count ? edits[next] : (LineEdit?)null;
            var shift = next == 0 ? 0 : edits[next - 1].OldEnd - edits[next - 1].NewEnd;
            var equalEnd = Math.Min(end, edit?.NewStart ?? end);
            if (equalEnd > at)
            {
                older.Add(new Piece(piece.Start + at - piece.At, equalEnd - at, at + shift, piece.WasPassedOn));
                at = equalEnd;
            }

            var changedEnd = Math.Min(end, edit?.NewEnd ?? end);
            if (changedEnd > at)
            {
                own.Add(new Piece(piece.Start + at - piece.At, changedEnd - at, at, piece.WasPassedOn));
                at = changedEnd;
            }
        }
    }

    /// <summary>Finds the first edit that ends behind a line of the newer text.</summary>
    private static int FirstAfter(IReadOnlyList<LineEdit> edits, int line)
    {
        int low = 0, high = edits.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = edits[middle].NewEnd <= line ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
