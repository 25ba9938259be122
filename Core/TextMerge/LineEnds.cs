using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>Finds how the lines around a conflict end, so that the markers end in the same way.</summary>
internal static class LineEnds
{
    /// <summary>CRLF when every side that shows an end near the hunk shows that one, else LF.</summary>
    public static ReadOnlySpan<byte> Of(ThreeWayText texts, MergeHunk hunk)
    {
        bool?[] found =
        [
            EndsInCrLf(texts.Ours, Math.Max(0, hunk.Ours.Start - 1)),
            EndsInCrLf(texts.Theirs, Math.Max(0, hunk.Theirs.Start - 1)),
            EndsInCrLf(texts.Base, 0),
        ];
        return found.Contains(true) && !found.Contains(false) ? "\r\n"u8 : "\n"u8;
    }

    /// <summary>Looks at the line, or at the one before when the line has no end; null when there is no end to see.</summary>
    private static bool? EndsInCrLf(TextLines text, int line)
    {
        while (line >= 0 && line < text.Count)
        {
            if (text[line].EndsWith("\n"u8))
            {
                return text[line].EndsWith("\r\n"u8);
            }

            line--;
        }

        return null;
    }
}
