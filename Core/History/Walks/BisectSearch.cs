using System.Numerics;
using W0rktree.Core.History.Index;

namespace W0rktree.Core.History.Walks;

/// <summary>What is known when something broke: one snapshot that has the fault, and some that have not.</summary>
public sealed record BisectFacts(int Bad, IReadOnlyList<int> Good, IReadOnlySet<int> Skipped);

/// <summary>What the search says next. Exactly one of the cases.</summary>
public abstract record BisectStep
{
    private BisectStep()
    {
    }

    /// <summary>Try this snapshot.</summary>
    /// <param name="Number">The snapshot.</param>
    /// <param name="Remaining">How many may be the first bad one.</param>
    /// <param name="Steps">About how many trials are left, this one included.</param>
    public sealed record Try(int Number, int Remaining, int Steps) : BisectStep;

    /// <summary>This is the first bad snapshot.</summary>
    public sealed record Found(int Number) : BisectStep;

    /// <summary>Only skipped ones are left; each of these may be the first bad one.</summary>
    public sealed record Undecided(IReadOnlyList<int> Suspects) : BisectStep;

    /// <summary>A good snapshot descends from the bad one, or is it: the facts contradict each other.</summary>
    public sealed record Contradiction(int Good) : BisectStep;
}

/// <summary>
/// Chooses the snapshot whose trial halves what is left: the one of which as many suspects are ancestors as are not. Suspects are
/// the ancestors of the bad snapshot that are not ancestors of a good one.
/// </summary>
public static class BisectSearch
{
    /// <summary>How many suspects are followed at once while ancestors are counted: one word of bits each.</summary>
    private const int WordsAtOnce = 8;

    /// <summary>Says what to do next.</summary>
    public static BisectStep Next(HistoryIndex index, BisectFacts facts)
    {
        var good = HistoryWalk.AllFrom(index, facts.Good).ToHashSet();
        if (good.Contains(facts.Bad))
        {
            var ancestors = HistoryWalk.AllFrom(index, facts.Bad).ToHashSet();
            return new BisectStep.Contradiction(facts.Good.First(number => !ancestors.Contains(number) || number == facts.Bad));
        }

        // Ascending numbers: parents before children.
        int[] suspects = [.. HistoryWalk.AllFrom(index, facts.Bad).Where(number => !good.Contains(number)).Order()];
        if (suspects.Length == 1)
        {
            return new BisectStep.Found(facts.Bad);
        }

        var counts = AncestorCounts(index, suspects);
        var best = -1;
        var bestHalf = 0;
        for (var i = 0; i < suspects.Length; i++)
        {
            var half = Math.Min(counts[i], suspects.Length - counts[i]);
            if (half > bestHalf && !facts.Skipped.Contains(suspects[i]))
            {
                (best, bestHalf) = (i, half);
            }
        }

        return best < 0
            ? new BisectStep.Undecided(suspects)
            : new BisectStep.Try(suspects[best], suspects.Length, BitOperations.Log2((uint)suspects.Length - 1) + 1);
    }

    /// <summary>Counts for each suspect how many suspects it descends from, itself among them.</summary>
    private static int[] AncestorCounts(HistoryIndex index, int[] suspects)
    {
        var place = new Dictionary<int, int>(suspects.Length);
        var parents = new int[suspects.Length][];
        var all = new List<int>();
        for (var i = 0; i < suspects.Length; i++)
        {
            place[suspects[i]] = i;
            all.Clear();
            index.AddParentsOf(suspects[i], all);
            parents[i] = [.. all.Where(place.ContainsKey).Select(parent => place[parent])];
        }

        // A bit for each of some suspects goes from them down to all that descend from them; then for the next ones. Memory stays linear.
        var counts = new int[suspects.Length];
        var bits = new ulong[suspects.Length * WordsAtOnce];
        for (var first = 0; first < suspects.Length; first += WordsAtOnce * 64)
        {
            Array.Clear(bits);
            for (var i = first; i < suspects.Length; i++)
            {
                var own = bits.AsSpan(i * WordsAtOnce, WordsAtOnce);
                if (i < first + (WordsAtOnce * 64))
                {
                    own[(i - first) >> 6] |= 1UL << ((i - first) & 63);
                }

                foreach (var parent in parents[i])
                {
                    var theirs = bits.AsSpan(parent * WordsAtOnce, WordsAtOnce);
                    for (var word = 0; word < WordsAtOnce; word++)
                    {
                        own[word] |= theirs[word];
                    }
                }

                foreach (var word in own)
                {
                    counts[i] += BitOperations.PopCount(word);
                }
            }
        }

        return counts;
    }
}
