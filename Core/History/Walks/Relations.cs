using W0rktree.Core.History.Index;

namespace W0rktree.Core.History.Walks;

/// <summary>Answers from an index who descends from whom, looking no further back than the answer needs.</summary>
public static class Relations
{
    /// <summary>Tells whether one snapshot is another or one of its ancestors. What has a smaller number than it cannot descend from it.</summary>
    public static bool IsAncestor(HistoryIndex index, int ancestor, int descendant)
    {
        var seen = new HashSet<int> { descendant };
        var open = new Stack<int>([descendant]);
        var parents = new List<int>();
        while (open.TryPop(out var number))
        {
            if (number == ancestor)
            {
                return true;
            }

            parents.Clear();
            index.AddParentsOf(number, parents);
            foreach (var parent in parents)
            {
                if (parent >= ancestor && seen.Add(parent))
                {
                    open.Push(parent);
                }
            }
        }

        return false;
    }

    /// <summary>Counts what each of two snapshots has that the other has not: (ahead, behind) of the left one.</summary>
    public static AheadBehind Compare(HistoryIndex index, int left, int right)
    {
        const int fromLeft = 1, fromRight = 2, both = 3;
        var reached = new Dictionary<int, int>();
        var open = new PriorityQueue<int, int>();
        var (ahead, behind, undecided) = (0, 0, 0);
        Reach(left, fromLeft);
        Reach(right, fromRight);
        var parents = new List<int>();

        // The largest number first: when a snapshot comes, all that descends from it has come. What both have ends the walk once nothing else is open.
        while (undecided > 0 && open.TryDequeue(out var number, out _))
        {
            var sides = reached[number];
            undecided -= sides == both ? 0 : 1;
            ahead += sides == fromLeft ? 1 : 0;
            behind += sides == fromRight ? 1 : 0;
            parents.Clear();
            index.AddParentsOf(number, parents);
            foreach (var parent in parents)
            {
                Reach(parent, sides);
            }
        }

        return new AheadBehind(ahead, behind);

        void Reach(int number, int sides)
        {
            if (!reached.TryGetValue(number, out var known))
            {
                open.Enqueue(number, -number);
                undecided += sides == both ? 0 : 1;
            }
            else if (known != both && (known | sides) == both)
            {
                undecided--;
            }

            reached[number] = known | sides;
        }
    }
}
