using System.Collections.Immutable;
using W0rktree.Core.History;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;

namespace W0rktree.Core.Tests.History;

public sealed class NearestAncestorsTests
{
    [Fact]
    public async Task A_criss_cross_has_both_crossed_snapshots_as_bases_oldest_first()
    {
        var made = new MadeHistory();
        var (root, a, b) = (made.Add(1), made.Add(3, 0), made.Add(2, 0));
        var (left, right) = (made.Add(4, 1, 2), made.Add(5, 2, 1));

        Assert.Equal([b, a], await new NearestAncestors(made).FindAsync([left], right, default));
        Assert.Equal([root], await new NearestAncestors(made).FindAsync([a], b, default));
    }

    [Fact]
    public async Task Histories_without_anything_in_common_have_no_base()
    {
        var made = new MadeHistory();
        Assert.Empty(await new NearestAncestors(made).FindAsync([made.Add(1)], made.Add(2), default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Random_histories_with_wrong_clocks_give_what_the_definition_says(bool byIndex)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var made = new MadeHistory();
            var count = random.Next(3, 25);
            for (var i = 0; i < count; i++)
            {
                int[] parents = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => i == 0 ? -1 : random.Next(Math.Max(0, i - 5), i)).Where(p => p >= 0).Distinct()];
                made.Add(random.Next(100), parents);
            }

            // Asked more than once: what an index remembers of one question must not reach into the next.
            IHistory history = byIndex ? new IndexedHistory(made.ToIndex(count), new MadeHistory()) : made;
            for (var question = 0; question < 4; question++)
            {
                var (first, second, right) = (made.Ids[random.Next(count)], made.Ids[random.Next(count)], made.Ids[random.Next(count)]);
                var found = await new NearestAncestors(history).FindAsync([first, second], right, default);

                var common = made.Above(first).Union(made.Above(second)).Intersect(made.Above(right)).ToHashSet();
                var nearest = common.Where(id => !common.Any(other => other != id && made.Above(other).Contains(id)));
                Assert.True(nearest.Order(ById).SequenceEqual(found.Order(ById)), $"seed {seed}");
            }
        }
    }

    [Fact]
    public async Task What_an_index_does_not_know_is_asked_of_the_history_behind_it()
    {
        var made = new MadeHistory();
        var (root, a, b) = (made.Add(1), made.Add(3, 0), made.Add(2, 0));
        var (left, right) = (made.Add(4, 1, 2), made.Add(5, 2, 1));

        for (var known = 0; known <= 5; known++)
        {
            var history = new IndexedHistory(made.ToIndex(known), made);
            Assert.Equal([b, a], await new NearestAncestors(history).FindAsync([left], right, default));
            Assert.Equal([root], await new NearestAncestors(history).FindAsync([a], b, default));
        }
    }

    [Fact]
    public async Task A_parent_that_was_lacking_when_the_index_was_made_is_found()
    {
        var made = new MadeHistory();
        var (root, a, b) = (made.Add(1), made.Add(3, 0), made.Add(2, 0));
        var writer = new HistoryIndexWriter();
        writer.Add(new IndexedSnapshot(a, default, [], 3, LacksParents: true), null);
        writer.Add(new IndexedSnapshot(b, default, [], 2, LacksParents: true), null);

        Assert.Equal([root], await new NearestAncestors(new IndexedHistory(writer.ToIndex(), made)).FindAsync([a], b, default));
    }

    private static readonly Comparer<SnapshotId> ById = Comparer<SnapshotId>.Create((a, b) => a.Hash.CompareTo(b.Hash));

    private sealed class MadeHistory : IHistory
    {
        private readonly Dictionary<SnapshotId, HistoryNode> _nodes = [];

        public List<SnapshotId> Ids { get; } = [];

        public SnapshotId Add(long seconds, params int[] parents)
        {
            var id = new SnapshotId(ContentHash.OfContent(BitConverter.GetBytes(Ids.Count)));
            _nodes[id] = new HistoryNode(default, [.. parents.Select(parent => Ids[parent])], seconds);
            Ids.Add(id);
            return id;
        }

        /// <summary>Makes an index of the snapshots that were added first.</summary>
        public HistoryIndex ToIndex(int count)
        {
            var writer = new HistoryIndexWriter();
            foreach (var id in Ids.Take(count))
            {
                writer.Add(new IndexedSnapshot(id, default, _nodes[id].Parents, _nodes[id].Seconds, LacksParents: false), null);
            }

            return writer.ToIndex();
        }

        public HashSet<SnapshotId> Above(SnapshotId id)
        {
            var all = new HashSet<SnapshotId> { id };
            foreach (var parent in _nodes[id].Parents)
            {
                all.UnionWith(Above(parent));
            }

            return all;
        }

        public ValueTask<HistoryNode?> FindAsync(SnapshotId id, CancellationToken cancellationToken) => ValueTask.FromResult(_nodes.GetValueOrDefault(id));
    }
}
