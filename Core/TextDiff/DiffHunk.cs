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
    public static IEnumerable<DiffHunk> Of(LineDiff diff, int contextLines)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextLines);
        // More context than there are lines means all of them; this also keeps the sums below from overflowing.
        var context = Math.Min(contextLines, diff.Old.Count);
        for (var first = 0; first < diff.Edits.Count;)
        {
            var next = first + 1;
            while (next < diff.Edits.Count && diff.Edits[next].OldStart - diff.Edits[next - 1].OldEnd <= 2L * context)
            {
                next++;
            }

            yield return Around(diff, [.. diff.Edits.Skip(first).Take(next - first)], context);
            first = next;
        }
    }

    private static DiffHunk Around(LineDiff diff, LineEdit[] edits, int context)
    {
        var before = Math.Min(context, edits[0].OldStart);
        var after = Math.Min(context, diff.Old.Count - edits[^1].OldEnd);
        var (oldStart, newStart) = (edits[0].OldStart - before, edits[0].NewStart - before);
        return new(oldStart, edits[^1].OldEnd + after - oldStart, newStart, edits[^1].NewEnd + after - newStart, edits);
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
