using W0rktree.Core.TextMerge;

namespace W0rktree.Core.TreeMerge;

/// <summary>The three versions of a file that is merged by lines.</summary>
internal readonly record struct FileTexts(ReadOnlyMemory<byte> Base, ReadOnlyMemory<byte> Ours, ReadOnlyMemory<byte> Theirs)
{
    /// <summary>Merges them as the file's attributes say.</summary>
    public MergedText Merge(PathAttributes said, MergeLabels labels, bool isVirtual)
    {
        var outcome = TextMerge.TextMerge.Merge(Base, Ours, Theirs, labels);
        if (said.IsText && outcome is TextMergeOutcome.Conflicted && (LineEndStyle.HasCrLf(Base.Span) || LineEndStyle.HasCrLf(Ours.Span) || LineEndStyle.HasCrLf(Theirs.Span)))
        {
            // Where lines go together as they are, nobody's line ends are touched.
            var (before, ours, theirs) = (LineEndStyle.ToLf(Base), LineEndStyle.ToLf(Ours), LineEndStyle.ToLf(Theirs));
            var plain = Finish(TextMerge.TextMerge.Merge(before, ours, theirs, labels), said, isVirtual);
            plain = plain.Texts is null ? plain with { Texts = TextMerge.TextMerge.Weave(before, ours, theirs, TextDiff.LineDiffOptions.ForMerge) } : plain;
            return LineEndStyle.WantsCrLf(Base.Span, Ours.Span, Theirs.Span) ? plain with { Content = LineEndStyle.ToCrLf(plain.Content) } : plain;
        }

        return Finish(outcome, said, isVirtual);
    }

    private static MergedText Finish(TextMergeOutcome outcome, PathAttributes said, bool isVirtual) => outcome switch
    {
        TextMergeOutcome.Conflicted conflicted when said.Manner == MergeManner.Union => new(conflicted.Resolve(ConflictAnswer.Union), true, outcome.Texts),
        _ => new(isVirtual ? outcome.AsAncestor : outcome.Merged, outcome is TextMergeOutcome.Clean, outcome.Texts),
    };
}

/// <summary>What they came to.</summary>
/// <param name="Content">The merged content, with markers where it is not clean.</param>
/// <param name="IsClean">Whether nobody has to look at it.</param>
/// <param name="Texts">How the lines were joined.</param>
internal readonly record struct MergedText(ReadOnlyMemory<byte> Content, bool IsClean, ThreeWayText? Texts);
