namespace W0rktree.Core.TextMerge;

/// <summary>The names that conflict markers give the three sides, usually branch names. An empty label leaves the marker bare.</summary>
public sealed record MergeLabels(string Ours, string Base, string Theirs)
{
    /// <summary>Gets how long the markers are at least.</summary>
    public int MarkerLength { get; init; } = ConflictMarkers.UsualLength;

    /// <summary>Names for when nothing better is known.</summary>
    public static MergeLabels Default { get; } = new("ours", "base", "theirs");
}
