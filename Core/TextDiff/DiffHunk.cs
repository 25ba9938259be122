namespace W0rktree.Core.TextDiff;

/// <summary>Neighbouring edits with the unchanged lines around them. Lines count from 0.</summary>
/// <param name="OldStart">The first old line.</param>
/// <param name="OldCount">How many old lines.</param>
/// <param name="NewStart">The first new line.</param>
/// <param name="NewCount">How many new lines.</param>
/// <param name="Edits">The edits in order; what lies between them is unchanged.</param>
public sealed record DiffHunk(int OldStart, int OldCount, int NewStart, int NewCount, IReadOnlyList<LineEdit> Edits)
{
    /// <summary>Cuts a diff into hunks; edits whose contexts would meet share one.</summary>
    /// <param name="diff">The diff.</param>
    /// <param name="contextLines">How many unchanged lines stand around edits.</param>
    /// <param name="wholeFunctions">Whether the whole function around each edit is shown.</param>
    public static IEnumerable<DiffHunk> Of(LineDiff diff, int contextLines, bool wholeFunctions = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextLines);
        return new HunkCutter(diff, contextLines, wholeFunctions).Run();
    }

    /// <summary>Gives <c>-start,count +start,count</c> of the hunk's header, as patch programs read it.</summary>
    public string FormatRanges() => $"-{Format(OldStart, OldCount)} +{Format(NewStart, NewCount)}";

    /// <summary>An empty range names the line before it; a count of 1 is left out.</summary>
    private static string Format(int start, int count) => count switch
    {
        0 => $"{start},0",
        1 => $"{start + 1}",
        _ => $"{start + 1},{count}",
    };
}
