namespace W0rktree.Core.TextMerge;

/// <summary>Some consecutive lines of one side, counted from 0.</summary>
public readonly record struct LineSpan(int Start, int Count)
{
    /// <summary>The line after the last.</summary>
    public int End => Start + Count;
}

/// <summary>Who changed the lines of a hunk.</summary>
internal enum HunkKind
{
    Ours,
    Theirs,
    Conflict,
}

/// <summary>A place where at least one side differs from the base, with its lines in all three.</summary>
internal readonly record struct MergeHunk(HunkKind Kind, LineSpan Base, LineSpan Ours, LineSpan Theirs);

/// <summary>A place where both sides changed the same or touching lines to different ones.</summary>
/// <param name="Base">The lines both sides started from; none where both inserted.</param>
/// <param name="Ours">The lines of our side.</param>
/// <param name="Theirs">The lines of their side.</param>
/// <param name="MergedLine">Where the region's first marker stands in the text with markers.</param>
public readonly record struct ConflictRegion(LineSpan Base, LineSpan Ours, LineSpan Theirs, int MergedLine);
