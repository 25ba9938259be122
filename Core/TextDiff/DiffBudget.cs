namespace W0rktree.Core.TextDiff;

/// <summary>
/// Bounds the time of one diff. While it lasts, alignment is as good as the algorithm makes it; when it is used up, the
/// rest is aligned coarsely, which is still a correct diff.
/// </summary>
internal sealed class DiffBudget
{
    /// <summary>Elementary steps, some nanoseconds each: well under a second for the worst input.</summary>
    public const long DefaultSteps = 150_000_000;

    private long _left;

    public DiffBudget(long steps = DefaultSteps) => _left = steps;

    public bool IsUsedUp => _left <= 0;

    /// <summary>How many steps were spent beyond the budget.</summary>
    public long Overdrawn => Math.Max(0, -_left);

    public void Spend(long steps) => _left -= steps;
}
