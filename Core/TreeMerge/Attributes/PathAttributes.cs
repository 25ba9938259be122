namespace W0rktree.Core.TreeMerge;

/// <summary>How a file is merged.</summary>
internal enum MergeManner
{
    /// <summary>By lines, unless it looks binary.</summary>
    Usual,

    /// <summary>As a whole.</summary>
    Whole,

    /// <summary>By lines; where they disagree both sides' are taken.</summary>
    Union,
}

/// <summary>What attributes say about merging one file.</summary>
/// <param name="Manner">How it is merged.</param>
/// <param name="IsText">Whether its line ends are a matter of taste.</param>
/// <param name="MarkerLength">The length of conflict markers.</param>
internal readonly record struct PathAttributes(MergeManner Manner, bool IsText, int MarkerLength)
{
    /// <summary>A file of which nothing is said.</summary>
    public static PathAttributes None => new(MergeManner.Usual, false, TextMerge.ConflictMarkers.UsualLength);
}
