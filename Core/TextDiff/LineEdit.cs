namespace W0rktree.Core.TextDiff;

/// <summary>Replaces some lines of the old content by some of the new; one of the counts may be 0. Lines count from 0.</summary>
/// <param name="OldStart">The first replaced line, or where lines are inserted.</param>
/// <param name="OldCount">How many old lines go.</param>
/// <param name="NewStart">The first new line, or where lines were removed.</param>
/// <param name="NewCount">How many new lines come.</param>
public readonly record struct LineEdit(int OldStart, int OldCount, int NewStart, int NewCount)
{
    /// <summary>The line after the last replaced one.</summary>
    public int OldEnd => OldStart + OldCount;

    /// <summary>The line after the last new one.</summary>
    public int NewEnd => NewStart + NewCount;
}
