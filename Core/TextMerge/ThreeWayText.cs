using W0rktree.Core.TextDiff;

namespace W0rktree.Core.TextMerge;

/// <summary>Three texts and the hunks in which they differ.</summary>
public sealed class ThreeWayText
{
    internal ThreeWayText(TextLines @base, TextLines ours, TextLines theirs, IReadOnlyList<MergeHunk> hunks)
    {
        Base = @base;
        Ours = ours;
        Theirs = theirs;
        Hunks = hunks;
    }

    /// <summary>The lines both sides started from.</summary>
    public TextLines Base { get; }

    /// <summary>The lines of our side.</summary>
    public TextLines Ours { get; }

    /// <summary>The lines of their side.</summary>
    public TextLines Theirs { get; }

    internal IReadOnlyList<MergeHunk> Hunks { get; }
}
