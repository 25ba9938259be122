namespace W0rktree.Core.TextDiff;

/// <summary>
/// What the algorithms work on: the numbered lines of both texts, and for each line whether it is part of an edit.
/// Lines that are not pair up in order.
/// </summary>
internal sealed class ChangedLines
{
    public ChangedLines(LineSymbols symbols)
    {
        Old = symbols.Old;
        New = symbols.New;
        SymbolCount = symbols.Count;
        OldChanged = new bool[Old.Length];
        NewChanged = new bool[New.Length];
        OldCounts = new int[symbols.Count];
        NewCounts = new int[symbols.Count];
    }

    public int[] Old { get; }

    public int[] New { get; }

    public int SymbolCount { get; }

    /// <summary>Room to count symbols of the old text in; all zero between uses.</summary>
    public int[] OldCounts { get; }

    /// <summary>Room to count symbols of the new text in; all zero between uses.</summary>
    public int[] NewCounts { get; }

    public bool[] OldChanged { get; }

    public bool[] NewChanged { get; }

    public void Mark(LineRange range)
    {
        OldChanged.AsSpan(range.OldStart, range.OldCount).Fill(true);
        NewChanged.AsSpan(range.NewStart, range.NewCount).Fill(true);
    }

    public List<LineEdit> ToEdits()
    {
        var edits = new List<LineEdit>();
        int oldLine = 0, newLine = 0;
        while (true)
        {
            int oldStart = oldLine, newStart = newLine;
            while (oldLine < Old.Length && OldChanged[oldLine])
            {
                oldLine++;
            }

            while (newLine < New.Length && NewChanged[newLine])
            {
                newLine++;
            }

            if (oldLine > oldStart || newLine > newStart)
            {
                edits.Add(new(oldStart, oldLine - oldStart, newStart, newLine - newStart));
            }

            if (oldLine == Old.Length)
            {
                // What is left of the new text would have no partner: an algorithm above is broken.
                return newLine == New.Length ? edits : throw new InvalidOperationException("The unchanged lines of a diff do not pair up.");
            }

            oldLine++;
            newLine++;
        }
    }
}

/// <summary>A part of both texts that is compared by itself; ends are exclusive.</summary>
internal readonly record struct LineRange(int OldStart, int OldEnd, int NewStart, int NewEnd)
{
    public int OldCount => OldEnd - OldStart;

    public int NewCount => NewEnd - NewStart;

    public bool IsOneSided => OldCount == 0 || NewCount == 0;
}
