namespace W0rktree.Core.TextDiff;

/// <summary>
/// Aligns lines by shortest edits: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the linear-space
/// variant that meets in the middle. Lines that cannot match are taken out before (<see cref="LineThinning"/>).
/// </summary>
internal sealed class MyersDiff
{
    private readonly ChangedLines _lines;
    private readonly ThinnedLines _old;
    private readonly ThinnedLines _new;
    private readonly MiddleSnake _snake;

    private MyersDiff(ChangedLines lines, ThinnedLines old, ThinnedLines @new, DiffBudget budget)
    {
        _lines = lines;
        _old = old;
        _new = @new;
        _snake = new(old.Symbols, @new.Symbols, budget);
    }

    public static void Run(ChangedLines lines, LineRange range, DiffBudget budget)
    {
        var (old, @new) = LineThinning.Thin(lines, range);
        var diff = new MyersDiff(lines, old, @new, budget);
        var parts = new Stack<Part>([new(new(0, old.Count, 0, @new.Count), Exact: false)]);
        while (parts.TryPop(out var part))
        {
            diff.Split(part, parts);
        }
    }

    private void Split(Part part, Stack<Part> parts)
    {
        var range = TrimEqualEnds(part.Range);
        if (range.IsOneSided)
        {
            for (var line = range.OldStart; line < range.OldEnd; line++)
            {
                _lines.OldChanged[_old.Lines[line]] = true;
            }

            for (var line = range.NewStart; line < range.NewEnd; line++)
            {
                _lines.NewChanged[_new.Lines[line]] = true;
            }

            return;
        }

        var split = _snake.Find(range, part.Exact);
        parts.Push(new(range with { OldStart = split.Old, NewStart = split.New }, split.ExactAfter));
        parts.Push(new(range with { OldEnd = split.Old, NewEnd = split.New }, split.ExactBefore));
    }

    private LineRange TrimEqualEnds(LineRange range)
    {
        unchecked
        {
            var (oldStart, oldEnd, newStart, newEnd) = range;
            while (oldStart < oldEnd && newStart < newEnd && _old.Symbols[oldStart] == _new.Symbols[newStart])
            {
                oldStart++;
                newStart++;
            }

            while (oldStart < oldEnd && newStart < newEnd && _old.Symbols[oldEnd - 1] == _new.Symbols[newEnd - 1])
            {
                oldEnd--;
                newEnd--;
            }

            return new(oldStart, oldEnd, newStart, newEnd);
        }
    }

    /// <param name="Range">What is left to align, in thinned lines.</param>
    /// <param name="Exact">True when its cost is known to be small, so that no shortcut is needed.</param>
    private readonly record struct Part(LineRange Range, bool Exact);
}
