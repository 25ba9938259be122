using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.History.Index;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Tests.History;

public sealed class HistoryIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_written_is_read_and_times_rise_along_every_line(int seed)
    {
        var made = new MadeGraph(seed, 300);
        var index = made.ToIndex();
        Assert.Equal(300, index.Count);
        for (var number = 0; number < index.Count; number++)
        {
            var id = index.IdOf(number);
            var snapshot = made.Snapshots[id];
            var parents = new List<int>();
            index.AddParentsOf(number, parents);
            Assert.Equal(number, index.Find(id));
            Assert.Equal(snapshot.Parents.Select(index.Find), parents);
            Assert.Equal(parents.Count == 0 ? HistoryIndex.None : parents[0], index.FirstParentOf(number));
            Assert.Equal((snapshot.Root, snapshot.Seconds), (index.RootOf(number), index.SecondsOf(number)));
            Assert.Equal(1 + parents.Select(index.GenerationOf).DefaultIfEmpty(0).Max(), index.GenerationOf(number));
            Assert.All(parents, parent => Assert.True(index.OrderOf(parent) < index.OrderOf(number) && parent < number));
            Assert.True(index.OrderOf(number) >= index.SecondsOf(number));
        }

        Assert.Equal(HistoryIndex.None, index.Find(new SnapshotId(ContentHash.OfContent("nobody"u8))));
        foreach (var digits in Enumerable.Range(0, 256).Select(i => i.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)))
        {
            var expected = made.Snapshots.Keys.Where(id => id.ToString().StartsWith(digits, StringComparison.Ordinal)).Order();
            Assert.Equal(expected, index.FindByPrefix(digits, 1000).Select(index.IdOf));
        }
    }

    [Fact]
    public void An_index_taken_over_with_some_snapshots_left_out_keeps_the_rest()
    {
        var made = new MadeGraph(3, 100);
        var index = made.ToIndex();
        var part = new HistoryIndexWriter().Take(index, number => number < 60).ToIndex();
        Assert.Equal(60, part.Count);
        for (var number = 0; number < 60; number++)
        {
            Assert.Equal(index.IdOf(number), part.IdOf(number));
            Assert.True(index.FilterOf(number).SequenceEqual(part.FilterOf(number)));
        }
    }

    [Fact]
    public void A_damaged_index_is_not_read()
    {
        var bytes = new MadeGraph(4, 12).ToIndex().Bytes.ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Assert.Null(HistoryIndex.TryParse(bytes));
            bytes[at] ^= 1;
        }

        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.Null(HistoryIndex.TryParse(bytes.AsMemory(0, length)));
        }

        Assert.NotNull(HistoryIndex.TryParse(bytes));
    }

    [Fact]
    public void An_index_that_contradicts_itself_is_not_read_though_its_checksum_is_right()
    {
        var good = new MadeGraph(5, 12).ToIndex().Bytes.ToArray();
        var refused = 0;
        for (var at = 8; at < good.Length - ContentHash.SizeBytes; at++)
        {
            var bytes = good.ToArray();
            bytes[at] ^= 0x40;
            ContentHash.OfContent(bytes.AsSpan(..^ContentHash.SizeBytes)).CopyTo(bytes.AsSpan(^ContentHash.SizeBytes..));
            if (HistoryIndex.TryParse(bytes) is not { } index)
            {
                refused++;
                continue;
            }

            // What is read after all never leads a walk out of it or round in circles.
            var parents = new List<int>();
            for (var number = 0; number < index.Count; number++)
            {
                parents.Clear();
                index.AddParentsOf(number, parents);
                Assert.All(parents, parent => Assert.InRange(parent, 0, number - 1));
                _ = index.FilterOf(number).Length;
            }
        }

        Assert.True(refused > 100, $"{refused} were refused");
    }

    [Fact]
    public void A_filter_never_denies_what_changed_and_seldom_suspects_what_did_not()
    {
        var random = new Random(6);
        var (asked, suspected) = (0, 0);
        for (var round = 0; round < 300; round++)
        {
            var changed = Enumerable.Range(0, random.Next(1, 60)).Select(i => Path($"d{random.Next(9)}/e{i}/f{random.Next(1000)}")).ToArray();
            var filter = PathFilter.Build(changed).Span;
            foreach (var path in changed)
            {
                Assert.True(PathFilter.MayContain(filter, PathKey.Of(path)));
                Assert.True(PathFilter.MayContain(filter, PathKey.Of(path.Parent)));
                Assert.True(PathFilter.MayContain(filter, PathKey.Of(path.Parent.Parent)));
            }

            for (var other = 0; other < 100; other++, asked++)
            {
                suspected += PathFilter.MayContain(filter, PathKey.Of(Path($"other/{round}/{other}"))) ? 1 : 0;
            }
        }

        Assert.InRange(suspected, 0, asked / 50);
    }

    [Fact]
    public void A_filter_of_nothing_denies_everything_and_one_of_too_much_denies_nothing()
    {
        var key = PathKey.Of("some/path"u8);
        Assert.False(PathFilter.MayContain(PathFilter.Build([]).Span, key));
        Assert.True(PathFilter.MayContain(PathFilter.Build(Enumerable.Range(0, PathFilter.MaxPaths + 1).Select(i => Path($"f{i}"))).Span, key));
    }

    private static TreePath Path(string text) => TreePath.Parse(Encoding.UTF8.GetBytes(text)).Value;
}

/// <summary>Makes a history without content from a seed: branches, merges of up to five parents, clocks that go wrong.</summary>
internal sealed class MadeGraph
{
    private readonly HistoryIndexWriter _writer = new();

    public MadeGraph(int seed, int count)
    {
        var random = new Random(seed);
        var ids = new List<SnapshotId>();
        for (var i = 0; i < count; i++)
        {
            var id = new SnapshotId(ContentHash.OfContent(Encoding.UTF8.GetBytes($"{seed} {i}")));
            var parents = ImmutableArray.CreateBuilder<SnapshotId>();
            for (var more = i == 0 || random.Next(40) == 0 ? 0 : random.Next(5) == 0 ? random.Next(2, 6) : 1; more > 0; more--)
            {
                var parent = ids[random.Next(Math.Max(0, i - 12), i)];
                if (!parents.Contains(parent))
                {
                    parents.Add(parent);
                }
            }

            var seconds = 1_000_000 + (i * 10) + (random.Next(6) == 0 ? random.Next(-500, 500) : 0);
            var snapshot = new IndexedSnapshot(id, ContentHash.OfContent(Encoding.UTF8.GetBytes($"root {seed} {i}")), parents.ToImmutable(), seconds, false);
            ChangedPathsRow? changes = random.Next(3) == 0 ? null : new ChangedPathsRow(PathFilter.Build([TreePath.Parse(Encoding.UTF8.GetBytes($"f{random.Next(20)}")).Value]), 1);
            _writer.Add(snapshot, changes);
            Snapshots[id] = snapshot;
            ids.Add(id);
        }
    }

    public Dictionary<SnapshotId, IndexedSnapshot> Snapshots { get; } = [];

    public HistoryIndex ToIndex() => _writer.ToIndex();
}
