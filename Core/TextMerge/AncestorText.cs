using System.Buffers;
using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>
/// Writes a merge that is to be the base of another one. Each disagreement stands there with both sides' lines between
/// markers; lines that both sides share stand outside, so that a later resolution which kept them is seen to have kept them.
/// </summary>
internal static class AncestorText
{
    /// <summary>Disagreements this near to each other are one: what stands between them is hardly worth aligning on.</summary>
    private const int JoinedWithin = 3;

    private static readonly MergeLabels Labels = new("Temporary merge branch 1", "", "Temporary merge branch 2");

    public static ReadOnlyMemory<byte> Of(ThreeWayText texts)
    {
        var parts = Join(texts.Hunks.SelectMany(hunk => hunk.Kind == HunkKind.Conflict ? Refine(texts, hunk) : [hunk]));
        return MergeText.MarkedTwoSided(new ThreeWayText(texts.Base, texts.Ours, texts.Theirs, parts), Labels);
    }

    private static IEnumerable<MergeHunk> Refine(ThreeWayText texts, MergeHunk hunk)
    {
        if (hunk.Ours.Count == 0 || hunk.Theirs.Count == 0)
        {
            return [hunk];
        }

        var diff = LineDiff.Compute(Lines(texts.Ours, hunk.Ours), Lines(texts.Theirs, hunk.Theirs), LineDiffOptions.ForMerge);
        return diff.Edits.Select(edit => hunk with
        {
            Ours = new(hunk.Ours.Start + edit.OldStart, edit.OldCount),
            Theirs = new(hunk.Theirs.Start + edit.NewStart, edit.NewCount),
        });
    }

    private static TextLines Lines(TextLines text, LineSpan span) => TextLines.Split(text.Slice(span.Start, span.Count).ToArray());

    private static List<MergeHunk> Join(IEnumerable<MergeHunk> hunks)
    {
        var joined = new List<MergeHunk>();
        foreach (var hunk in hunks)
        {
            if (hunk.Kind == HunkKind.Conflict && joined.Count > 0 && joined[^1] is { Kind: HunkKind.Conflict } last && hunk.Ours.Start - last.Ours.End <= JoinedWithin)
            {
                joined[^1] = last with
                {
                    Base = new(last.Base.Start, hunk.Base.End - last.Base.Start),
                    Ours = new(last.Ours.Start, hunk.Ours.End - last.Ours.Start),
                    Theirs = new(last.Theirs.Start, hunk.Theirs.End - last.Theirs.Start),
                };
            }
            else
            {
                joined.Add(hunk);
            }
        }

        return joined;
    }
}
