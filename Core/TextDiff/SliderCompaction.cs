namespace W0rktree.Core.TextDiff;

/// <summary>
/// Many edits can be slid up or down without altering what they do, as when a function is added between two that end in the
/// same lines. Joins groups that meet, lines them up with an edit of the other text, and else puts them where a reader
/// expects them.
/// </summary>
internal static class SliderCompaction
{
    public static void Run(ChangedLines lines, TextLines old, TextLines @new, bool indentHeuristic)
    {
        Compact(new(lines.Old, lines.OldChanged), new(lines.New, lines.NewChanged), indentHeuristic ? old : null);
        Compact(new(lines.New, lines.NewChanged), new(lines.Old, lines.OldChanged), indentHeuristic ? @new : null);
    }

    private static void Compact(ChangeGroup group, ChangeGroup facing, TextLines? text)
    {
        do
        {
            if (!group.IsEmpty)
            {
                Place(ref group, ref facing, text);
            }
        }
        while (Step(group.MoveNext(), ref facing));

        static bool Step(bool moved, ref ChangeGroup facing)
        {
            Require(!moved || facing.MoveNext());
            return moved;
        }
    }

    private static void Place(ref ChangeGroup group, ref ChangeGroup facing, TextLines? text)
    {
        int count, earliestEnd;
        bool canFace;
        do
        {
            count = group.Count;
            while (group.SlideUp())
            {
                Require(facing.MovePrevious());
            }

            earliestEnd = group.End;
            canFace = !facing.IsEmpty;
            while (group.SlideDown())
            {
                Require(facing.MoveNext());
                canFace |= !facing.IsEmpty;
            }
        }
        while (count != group.Count);

        // The group is as far down as it goes; all that is left is how far to move it up again.
        if (group.End == earliestEnd)
        {
            return;
        }

        if (canFace)
        {
            while (facing.IsEmpty)
            {
                Require(group.SlideUp() && facing.MovePrevious());
            }
        }
        else if (text is not null)
        {
            var end = IndentScore.BestEnd(text, group, earliestEnd);
            while (group.End > end)
            {
                Require(group.SlideUp() && facing.MovePrevious());
            }
        }
    }

    private static void Require(bool inStep)
    {
        if (!inStep)
        {
            throw new InvalidOperationException("The groups of the two texts are out of step.");
        }
    }
}
