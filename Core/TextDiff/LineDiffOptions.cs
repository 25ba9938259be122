namespace W0rktree.Core.TextDiff;

/// <summary>How lines are aligned.</summary>
public enum DiffAlgorithm
{
    /// <summary>Anchors on the rarest common runs, Myers where there is none: the better one to read and to merge.</summary>
    Histogram,

    /// <summary>Shortest edits by Myers' linear-space algorithm, with a cost cap.</summary>
    Myers,
}

/// <summary>Chooses how a diff is computed.</summary>
/// <param name="Algorithm">How lines are aligned.</param>
/// <param name="IndentHeuristic">True slides ambiguous edits to where indentation and blank lines say that a block begins.</param>
public sealed record LineDiffOptions(DiffAlgorithm Algorithm = DiffAlgorithm.Histogram, bool IndentHeuristic = true)
{
    /// <summary>Gets which white space counts.</summary>
    public SpaceRule Space { get; init; }

    /// <summary>Gets whether edits that only add or remove blank lines are left out, where no other edit is near.</summary>
    public bool IgnoreBlankLines { get; init; }

    /// <summary>Gets whether contents that differ can have a diff that shows nothing.</summary>
    public bool IsPartial => Space != SpaceRule.Exact || IgnoreBlankLines;

    /// <summary>What is shown to people: histogram, with the indent heuristic.</summary>
    public static LineDiffOptions Default { get; } = new();

    /// <summary>What merges are computed with: histogram, without sliding by indentation, as git's merge does.</summary>
    public static LineDiffOptions ForMerge { get; } = new(IndentHeuristic: false);
}
