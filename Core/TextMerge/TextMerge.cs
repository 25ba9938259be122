using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>
/// Merges two texts that come from a common one, line by line. Symmetric but for labels and order: exchanging the sides
/// gives the same verdict and the same clean content. No line that a side added is lost: it is in the result or in a region.
/// </summary>
public static class TextMerge
{
    /// <summary>Merges. Binary content is the caller's business (<see cref="BinaryDetection"/>); the memory is referred to, not copied.</summary>
    /// <param name="base">What both sides started from; empty where there is none, as when both added the file.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="theirs">Their side.</param>
    /// <param name="labels">How markers name the sides.</param>
    /// <param name="options">How lines are aligned; null takes <see cref="LineDiffOptions.ForMerge"/>.</param>
    public static TextMergeOutcome Merge(
        ReadOnlyMemory<byte> @base,
        ReadOnlyMemory<byte> ours,
        ReadOnlyMemory<byte> theirs,
        MergeLabels labels,
        LineDiffOptions? options = null)
    {
        if (ours.Span.SequenceEqual(theirs.Span) || theirs.Span.SequenceEqual(@base.Span))
        {
            return new TextMergeOutcome.Clean(ours);
        }

        if (ours.Span.SequenceEqual(@base.Span))
        {
            return new TextMergeOutcome.Clean(theirs);
        }

        var texts = Weave(@base, ours, theirs, options ?? LineDiffOptions.ForMerge);
        if (texts.Hunks.All(hunk => hunk.Kind != HunkKind.Conflict))
        {
            return new TextMergeOutcome.Clean(MergeText.Clean(texts)) { Merge = texts };
        }

        var regions = new List<ConflictRegion>();
        var marked = MergeText.Marked(texts, labels, regions);
        return new TextMergeOutcome.Conflicted(texts, regions, marked);
    }

    /// <summary>Aligns three texts, also where one of them is another and there is nothing to merge.</summary>
    internal static ThreeWayText Weave(ReadOnlyMemory<byte> @base, ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs, LineDiffOptions options)
    {
        var lines = TextLines.Split(@base);
        return HunkWeaver.Weave(LineDiff.Compute(lines, TextLines.Split(ours), options), LineDiff.Compute(lines, TextLines.Split(theirs), options));
    }
}
