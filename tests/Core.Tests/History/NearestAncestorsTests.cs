using System.Collections.Immutable;
using W0rktree.Core.History;
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

    [Fact]
    public async Task Random_histories_with_wrong_clocks_give_what_the_definition_says()
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

            var (left, right) = (made.Ids[random.Next(count)], made.Ids[random.Next(count)]);
            var found = await new NearestAncestors(made).FindAsync([left], right, default);

            var common = made.Above(left).Intersect(made.Above(right)).ToHashSet();
            var nearest = common.Where(id => !common.Any(other => other != id && made.Above(other).Contains(id)));
            Assert.True(nearest.Order(ById).SequenceEqual(found.Order(ById)), $"seed {seed}");
        }
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
