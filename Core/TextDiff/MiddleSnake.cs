namespace W0rktree.Core.TextDiff;

/// <summary>Where a part is cut in two, and whether each half may be searched without shortcuts.</summary>
internal readonly record struct SnakeSplit(int Old, int New, bool ExactBefore, bool ExactAfter);

/// <summary>
/// Finds a point on a shortest edit path by searching from both ends until the furthest reaching paths meet. When that
/// becomes expensive it settles for a point on a promising path: the diff stays correct and gets longer.
/// </summary>
/// <remarks>Diagonal d holds the points with old - new = d. The arrays hold how far in the old text each diagonal reached.</remarks>
internal sealed class MiddleSnake
{
    /// <summary>A run of this many equal lines makes a path promising.</summary>
    private const int LongRun = 20;

    /// <summary>Below this many edits the search is always exact.</summary>
    private const int MinCost = 256;

    /// <summary>The cap when the budget is used up.</summary>
    private const int HurriedCost = 32;

    /// <summary>A path is promising when it has gained this many times its cost.</summary>
    private const int Gain = 4;

    private readonly int[] _old;
    private readonly int[] _new;
    private readonly int[] _forward;
    private readonly int[] _backward;
    private readonly int _zero;
    private readonly int _costCap;
    private readonly DiffBudget _budget;

    public MiddleSnake(int[] old, int[] @new, DiffBudget budget)
    {
        _old = old;
        _new = @new;
        _budget = budget;
        var diagonals = old.Length + @new.Length + 3;
        _zero = @new.Length + 1;
        _forward = new int[diagonals];
        _backward = new int[diagonals];
        _costCap = Math.Max(MinCost, LineThinning.PowerNearRoot(diagonals));
    }

    public SnakeSplit Find(LineRange range, bool exact)
    {
        unchecked
        {
            var (oldStart, oldEnd, newStart, newEnd) = range;
            int lowest = oldStart - newEnd, highest = oldEnd - newStart;
            int fromStart = oldStart - newStart, fromEnd = oldEnd - newEnd;
            var odd = ((fromStart - fromEnd) & 1) != 0;
            var forward = new Front(fromStart);
            var backward = new Front(fromEnd);
            _forward[_zero + fromStart] = oldStart;
            _backward[_zero + fromEnd] = oldEnd;
            for (var cost = 1; ; cost++)
            {
                var sawRun = false;
                forward.Widen(_forward, _zero, lowest, highest, unreached: -1);
                for (var d = forward.High; d >= forward.Low; d -= 2)
                {
                    var start = Math.Max(_forward[_zero + d - 1] + 1, _forward[_zero + d + 1]);
                    var at = start;
                    while (at < oldEnd && at - d < newEnd && _old[at] == _new[at - d])
                    {
                        at++;
                    }

                    sawRun |= at - start > LongRun;
                    _forward[_zero + d] = at;
                    if (odd && backward.Low <= d && d <= backward.High && _backward[_zero + d] <= at)
                    {
                        return new(at, at - d, true, true);
                    }
                }

                backward.Widen(_backward, _zero, lowest, highest, unreached: int.MaxValue);
                for (var d = backward.High; d >= backward.Low; d -= 2)
                {
                    var start = Math.Min(_backward[_zero + d - 1], _backward[_zero + d + 1] - 1);
                    var at = start;
                    while (at > oldStart && at - d > newStart && _old[at - 1] == _new[at - d - 1])
                    {
                        at--;
                    }

                    sawRun |= start - at > LongRun;
                    _backward[_zero + d] = at;
                    if (!odd && forward.Low <= d && d <= forward.High && at <= _forward[_zero + d])
                    {
                        return new(at, at - d, true, true);
                    }
                }

                _budget.Spend(forward.Width + backward.Width);
                if (exact && !_budget.IsUsedUp)
                {
                    continue;
                }

                if (sawRun && cost > MinCost && FindPromising(range, forward, backward, cost) is { } promising)
                {
                    return promising;
                }

                if (cost >= (_budget.IsUsedUp ? HurriedCost : _costCap))
                {
                    return FurthestReaching(range, forward, backward);
                }
            }
        }
    }

    /// <summary>Looks for a path that gained much and ends in a run of equal lines.</summary>
    private SnakeSplit? FindPromising(LineRange range, Front forward, Front backward, int cost)
    {
        unchecked
        {
            SnakeSplit? split = null;
            var best = 0;
            for (var d = forward.High; d >= forward.Low; d -= 2)
            {
                int oldAt = _forward[_zero + d], newAt = oldAt - d;
                var gain = oldAt - range.OldStart + newAt - range.NewStart - Math.Abs(d - forward.Middle);
                if (gain > Gain * cost && gain > best
                    && range.OldStart + LongRun <= oldAt && oldAt < range.OldEnd && range.NewStart + LongRun <= newAt && newAt < range.NewEnd
                    && _old.AsSpan(oldAt - LongRun, LongRun).SequenceEqual(_new.AsSpan(newAt - LongRun, LongRun)))
                {
                    best = gain;
                    split = new(oldAt, newAt, ExactBefore: true, ExactAfter: false);
                }
            }

            if (split is not null)
            {
                return split;
            }

            for (var d = backward.High; d >= backward.Low; d -= 2)
            {
                int oldAt = _backward[_zero + d], newAt = oldAt - d;
                var gain = range.OldEnd - oldAt + range.NewEnd - newAt - Math.Abs(d - backward.Middle);
                if (gain > Gain * cost && gain > best
                    && range.OldStart < oldAt && oldAt <= range.OldEnd - LongRun && range.NewStart < newAt && newAt <= range.NewEnd - LongRun
                    && _old.AsSpan(oldAt, LongRun).SequenceEqual(_new.AsSpan(newAt, LongRun)))
                {
                    best = gain;
                    split = new(oldAt, newAt, ExactBefore: false, ExactAfter: true);
                }
            }

            return split;
        }
    }

    /// <summary>Takes the path, from either end, that has covered the most lines.</summary>
    private SnakeSplit FurthestReaching(LineRange range, Front forward, Front backward)
    {
        unchecked
        {
            int forwardBest = -1, forwardOld = -1;
            for (var d = forward.High; d >= forward.Low; d -= 2)
            {
                var oldAt = Math.Min(_forward[_zero + d], range.OldEnd);
                var newAt = oldAt - d;
                if (newAt > range.NewEnd)
                {
                    oldAt = range.NewEnd + d;
                    newAt = range.NewEnd;
                }

                if (oldAt + newAt > forwardBest)
                {
                    forwardBest = oldAt + newAt;
                    forwardOld = oldAt;
                }
            }

            int backwardBest = int.MaxValue, backwardOld = int.MaxValue;
            for (var d = backward.High; d >= backward.Low; d -= 2)
            {
                var oldAt = Math.Max(_backward[_zero + d], range.OldStart);
                var newAt = oldAt - d;
                if (newAt < range.NewStart)
                {
                    oldAt = range.NewStart + d;
                    newAt = range.NewStart;
                }

                if (oldAt + newAt < backwardBest)
                {
                    backwardBest = oldAt + newAt;
                    backwardOld = oldAt;
                }
            }

            return range.OldEnd + range.NewEnd - backwardBest < forwardBest - (range.OldStart + range.NewStart)
                ? new(forwardOld, forwardBest - forwardOld, ExactBefore: true, ExactAfter: false)
                : new(backwardOld, backwardBest - backwardOld, ExactBefore: false, ExactAfter: true);
        }
    }

    /// <summary>The diagonals that one direction has reached; every second one of them moves at each cost.</summary>
    private struct Front(int middle)
    {
        public int Middle { get; } = middle;

        public int Low { get; private set; } = middle;

        public int High { get; private set; } = middle;

        public readonly int Width => ((High - Low) >> 1) + 1;

        /// <summary>Goes one diagonal further each way, or comes back from an edge; what lies beyond counts as not reached.</summary>
        public void Widen(int[] reached, int zero, int lowest, int highest, int unreached)
        {
            unchecked
            {
                if (Low > lowest)
                {
                    reached[zero + --Low - 1] = unreached;
                }
                else
                {
                    Low++;
                }

                if (High < highest)
                {
                    reached[zero + ++High + 1] = unreached;
                }
                else
                {
                    High--;
                }
            }
        }
    }
}
