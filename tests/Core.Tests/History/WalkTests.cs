using W0rktree.Core.History.Index;
using W0rktree.Core.History.Walks;

namespace W0rktree.Core.Tests.History;

public sealed class WalkTests
{
    [Fact]
    public void A_walk_meets_every_ancestor_once_and_no_snapshot_before_its_children()
    {
        var index = new MadeGraph(1, 400).ToIndex();
        var head = index.Count - 1;
        var met = HistoryWalk.AllFrom(index, head).ToList();
        Assert.Equal(Ancestors(index, head).Order(), met.Order());
        var place = met.Select((number, i) => (number, i)).ToDictionary(pair => pair.number, pair => pair.i);
        Assert.All(met, number => Assert.All(ParentsOf(index, number), parent => Assert.True(place[parent] > place[number])));
    }

    [Fact]
    public void Descent_and_distance_are_those_of_a_naive_walk()
    {
        var index = new MadeGraph(4, 250).ToIndex();
        var random = new Random(4);
        for (var round = 0; round < 2000; round++)
        {
            var (left, right) = (random.Next(index.Count), random.Next(index.Count));
            var (ours, theirs) = (Ancestors(index, left), Ancestors(index, right));
            Assert.Equal(theirs.Contains(left), Relations.IsAncestor(index, left, right));
            Assert.Equal(new Core.History.AheadBehind(ours.Except(theirs).Count(), theirs.Except(ours).Count()), Relations.Compare(index, left, right));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_search_finds_the_first_bad_snapshot_in_few_steps(int seed)
    {
        var index = new MadeGraph(seed, 700).ToIndex();
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var bad = random.Next(index.Count / 2, index.Count);
            var ancestors = Ancestors(index, bad);
            var roots = ancestors.Where(number => ParentsOf(index, number).Count == 0).ToList();
            var guilty = ancestors.Except(roots).OrderBy(_ => random.Next()).FirstOrDefault(-1);
            if (guilty < 0)
            {
                continue;
            }

            bool IsBad(int number) => Ancestors(index, number).Contains(guilty);
            var facts = new BisectFacts(bad, roots, new HashSet<int>());
            var steps = 0;
            while (BisectSearch.Next(index, facts) is BisectStep.Try next)
            {
                steps++;
                Assert.DoesNotContain(next.Number, facts.Good);
                facts = IsBad(next.Number) ? facts with { Bad = next.Number } : facts with { Good = [.. facts.Good, next.Number] };
            }

            Assert.Equal(new BisectStep.Found(guilty), BisectSearch.Next(index, facts));
            // Branches cannot always be halved; twice the logarithm is far from walking.
            Assert.InRange(steps, 0, 2 * (int)Math.Ceiling(Math.Log2(ancestors.Count + 1)));
        }
    }

    [Fact]
    public void The_snapshot_to_try_divides_the_suspects_as_evenly_as_any()
    {
        var index = new MadeGraph(9, 1200).ToIndex();
        var bad = index.Count - 1;
        var suspects = Ancestors(index, bad);
        var best = suspects.Max(number => Math.Min(Ancestors(index, number).Count, suspects.Count - Ancestors(index, number).Count));
        var next = Assert.IsType<BisectStep.Try>(BisectSearch.Next(index, new BisectFacts(bad, [], new HashSet<int>())));
        Assert.Equal(best, Math.Min(Ancestors(index, next.Number).Count, suspects.Count - Ancestors(index, next.Number).Count));
        Assert.Equal(suspects.Count, next.Remaining);
    }

    [Fact]
    public void Where_only_skipped_snapshots_are_left_all_of_them_are_suspects()
    {
        var index = Line(5);
        var facts = new BisectFacts(4, [0], new HashSet<int> { 1, 2, 3 });
        Assert.Equal([1, 2, 3, 4], Assert.IsType<BisectStep.Undecided>(BisectSearch.Next(index, facts)).Suspects);
    }

    [Fact]
    public void A_good_snapshot_that_descends_from_the_bad_one_is_a_contradiction() =>
        Assert.Equal(new BisectStep.Contradiction(3), BisectSearch.Next(Line(5), new BisectFacts(1, [3], new HashSet<int>())));

    [Fact]
    public void A_graph_is_drawn_with_its_branches_and_merges()
    {
        (string Id, string[] Parents)[] history = [("f", ["e", "d"]), ("e", ["c"]), ("d", ["b"]), ("c", ["b"]), ("b", ["a"]), ("a", [])];
        Assert.Equal(
            """
            * f
            |\
            * | e
            | * d
            * | c
            |/
            * b
            * a
            """,
            Draw(history));
    }

    [Fact]
    public void A_graph_shows_a_merge_of_three_and_a_line_that_ends()
    {
        (string Id, string[] Parents)[] history = [("m", ["a", "b", "c"]), ("b", []), ("c", ["a"]), ("a", [])];
        Assert.Equal(
            """
            * m
            |\
            | |\
            | * | b
            |  /
            | * c
            |/
            * a
            """,
            Draw(history));
    }

    private static string Draw((string Id, string[] Parents)[] history)
    {
        var drawing = new GraphLines();
        var lines = new List<string>();
        foreach (var (id, parents) in history)
        {
            var row = drawing.Draw(id, parents);
            lines.Add($"{row.Node} {id}");
            lines.AddRange(row.Below);
        }

        return string.Join('\n', lines);
    }

    private static HistoryIndex Line(int count)
    {
        var writer = new HistoryIndexWriter();
        var made = new MadeGraph(1, count).Snapshots.Values.ToArray();
        for (var i = 0; i < count; i++)
        {
            writer.Add(made[i] with { Parents = i == 0 ? [] : [made[i - 1].Id] }, null);
        }

        return writer.ToIndex();
    }

    private static HashSet<int> Ancestors(HistoryIndex index, int head)
    {
        var found = new HashSet<int> { head };
        var open = new Stack<int>([head]);
        while (open.TryPop(out var number))
        {
            foreach (var parent in ParentsOf(index, number).Where(found.Add))
            {
                open.Push(parent);
            }
        }

        return found;
    }

    private static List<int> ParentsOf(HistoryIndex index, int number)
    {
        var parents = new List<int>();
        index.AddParentsOf(number, parents);
        return parents;
    }
}
