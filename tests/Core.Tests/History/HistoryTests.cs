using W0rktree.Core.History;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.TestKit;
using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.History;

public sealed class HistoryTests : IPushWords
{
    private readonly MemoryObjects _objects = new();

    [Fact]
    public async Task The_nearest_common_ancestor_of_two_branches_is_where_they_parted()
    {
        var (a, b) = (await AddAsync("a"), default(SnapshotId));
        b = await AddAsync("b", SnapshotKind.Manual, a);
        var left = await AddAsync("l", SnapshotKind.Manual, b);
        var right = await AddAsync("r", SnapshotKind.Manual, await AddAsync("r0", SnapshotKind.Manual, b));

        Assert.Equal([b], (await Ancestry.MergeBasesAsync(_objects.Graph, left, right, default)).ToArray());
        Assert.Equal([left], (await Ancestry.MergeBasesAsync(_objects.Graph, left, left, default)).ToArray());
        Assert.True(await Ancestry.IsAncestorAsync(_objects.Graph, a, right, default));
        Assert.False(await Ancestry.IsAncestorAsync(_objects.Graph, left, right, default));
        Assert.Equal(new AheadBehind(1, 2), await Ancestry.CompareAsync(_objects.Graph, left, right, default));
    }

    [Fact]
    public async Task A_criss_cross_has_two_nearest_common_ancestors()
    {
        var root = await AddAsync("root");
        var a = await AddAsync("a", SnapshotKind.Manual, root);
        var b = await AddAsync("b", SnapshotKind.Manual, root);
        var ab = await AddAsync("ab", SnapshotKind.Merge, a, b);
        var ba = await AddAsync("ba", SnapshotKind.Merge, b, a);

        Assert.Equal(new[] { a, b }.Order(), await Ancestry.MergeBasesAsync(_objects.Graph, ab, ba, default));
    }

    [Fact]
    public async Task A_redundant_common_ancestor_behind_another_is_not_nearest()
    {
        // right reaches both x and its ancestor a; only x counts.
        var a = await AddAsync("a");
        var x = await AddAsync("x", SnapshotKind.Manual, a);
        var left = await AddAsync("l", SnapshotKind.Manual, x);
        var right = await AddAsync("r", SnapshotKind.Merge, await AddAsync("side", SnapshotKind.Manual, a), x);

        Assert.Equal([x], (await Ancestry.MergeBasesAsync(_objects.Graph, left, right, default)).ToArray());
    }

    [Fact]
    public async Task Histories_with_nothing_in_common_have_no_base() =>
        Assert.Empty(await Ancestry.MergeBasesAsync(_objects.Graph, await AddAsync("a"), await AddAsync("b"), default));

    [Fact]
    public async Task A_closure_lists_children_before_parents_and_each_once()
    {
        var first = await _objects.AddAsync(await _objects.TreeAsync(new Files { ["a"] = "1", ["d/b"] = "2" }));
        var second = await _objects.AddAsync(await _objects.TreeAsync(new Files { ["a"] = "1", ["d/b"] = "3", ["d/c"] = "1" }), SnapshotKind.Manual, "m", first);
        var seen = new HashSet<ContentHash>();
        await foreach (var item in new ClosureWalk(_objects.Graph).SnapshotAsync(second, default))
        {
            Assert.True(seen.Add(item.Id));
            if (item.Kind == ObjectKind.Directory)
            {
                Assert.All((await _objects.Graph.ReadDirectoryAsync(item.Id, default)).Entries, entry => Assert.Contains(entry.Hash, seen));
            }
        }

        Assert.Equal(_objects.Ids.Order(), seen.Order());
    }

    [Fact]
    public async Task A_closure_leaves_out_what_the_other_side_has()
    {
        var first = await _objects.AddAsync(await _objects.TreeAsync(new Files { ["a"] = "1", ["d/b"] = "2" }));
        var second = await _objects.AddAsync(await _objects.TreeAsync(new Files { ["a"] = "1", ["d/b"] = "3" }), SnapshotKind.Manual, "m", first);
        var walk = new ClosureWalk(_objects.Graph);
        await walk.ExcludeAsync([first], default);

        var items = await CountAsync(walk.SnapshotAsync(second, default));

        Assert.Equal(4, items); // content 3, directory d, the root, the snapshot
    }

    [Fact]
    public async Task Large_directories_list_their_pages()
    {
        var files = Enumerable.Range(0, 3000).ToDictionary(i => $"f{i}", i => $"{i}");
        var tip = await _objects.AddAsync(await _objects.TreeAsync(files));

        Assert.Equal(_objects.Count, await CountAsync(new ClosureWalk(_objects.Graph).SnapshotAsync(tip, default)));
    }

    [Fact]
    public async Task Automatic_snapshots_fold_into_the_next_that_was_meant()
    {
        var known = await AddAsync("0");
        var auto1 = await AddAsync("1", SnapshotKind.Auto, known);
        var auto2 = await AddAsync("2", SnapshotKind.Switch, auto1);
        var manual = await AddAsync("3", SnapshotKind.Manual, auto2);

        var plan = await PlanAsync(manual, known);

        var created = Assert.Single(plan!.Created);
        Assert.Equal([known], created.Parents.ToArray());
        Assert.Equal("3", created.Message.Text);
        Assert.Equal(created.Id, plan.NewTip);
        Assert.Equal((1, 2), (plan.Pushed, plan.Folded));
    }

    [Fact]
    public async Task A_line_that_ends_automatically_gets_a_snapshot_that_counts_its_changes()
    {
        var known = await AddAsync("0");
        var manual = await AddAsync("1", SnapshotKind.Manual, known);
        var auto = await AddAsync("2", SnapshotKind.Auto, manual);

        var plan = await PlanAsync(auto, known);

        var created = Assert.Single(plan!.Created);
        Assert.Equal([manual], created.Parents.ToArray());
        Assert.Equal(SnapshotKind.Manual, created.Kind);
        Assert.Equal("described", created.Message.Text);
        Assert.Equal(2, plan.Pushed);
    }

    [Fact]
    public async Task A_first_push_of_automatic_snapshots_alone_starts_history()
    {
        var plan = await PlanAsync(await AddAsync("1", SnapshotKind.Auto, await AddAsync("0", SnapshotKind.Auto)));

        Assert.Empty(Assert.Single(plan!.Created).Parents);
    }

    [Fact]
    public async Task Nothing_meant_and_nothing_changed_is_nothing_to_push()
    {
        var root = await _objects.TreeAsync(new Files { ["f"] = "same" });
        var known = await _objects.AddAsync(root);
        var there = await AddAsync("other", SnapshotKind.Auto, known);
        var back = await _objects.AddAsync(root, SnapshotKind.Auto, "m", there);

        Assert.Null(await PlanAsync(back, known));
        Assert.Null(await PlanAsync(known, known));
    }

    [Fact]
    public async Task A_merge_keeps_both_parents_through_the_folding()
    {
        var known = await AddAsync("0");
        var other = await AddAsync("o", SnapshotKind.Manual, known);
        var auto = await AddAsync("1", SnapshotKind.Auto, known);
        var merge = await AddAsync("m", SnapshotKind.Merge, auto, other);

        var plan = await PlanAsync(merge, known, other);

        Assert.Equal([known, other], Assert.Single(plan!.Created).Parents.ToArray());
    }

    [Fact]
    public async Task What_resolves_a_conflicted_merge_takes_over_its_parents()
    {
        var known = await AddAsync("0");
        var theirs = await AddAsync("t", SnapshotKind.Manual, known);
        var ours = await AddAsync("o", SnapshotKind.Manual, known);
        var merge = Snapshots.Make(await _objects.TreeAsync(new Files { ["f"] = "<<<" }), SnapshotKind.Merge, "m", ours, theirs)
            .WithConflicts([new Conflict(Core.Paths.TreePath.Parse("f").Value, ConflictKind.Content, null, null, null)]);
        var conflicted = await _objects.WriteSnapshotAsync(merge, default);
        var resolved = await AddAsync("r", SnapshotKind.Manual, conflicted);

        Assert.Equal("conflicted", (await PushFolding.PlanAsync(_objects.Graph, conflicted, id => id == known || id == theirs, false, this, default)).Error.Code);
        Assert.Equal("conflicted", (await PushFolding.PlanAsync(_objects.Graph, resolved, id => id == known || id == theirs, true, this, default)).Error.Code);
        var plan = await PlanAsync(resolved, known, theirs);

        var created = Assert.Single(plan!.Created);
        Assert.Equal([ours, theirs], created.Parents.ToArray());
        Assert.Equal(SnapshotKind.Merge, created.Kind);
    }

    [Fact]
    public async Task Keep_all_promotes_every_snapshot_as_it_is()
    {
        var known = await AddAsync("0");
        var tip = await AddAsync("2", SnapshotKind.Auto, await AddAsync("1", SnapshotKind.Auto, known));

        var plan = (await PushFolding.PlanAsync(_objects.Graph, tip, id => id == known, true, this, default)).Value;

        Assert.Equal((tip, 2, 0), (plan!.NewTip, plan.Pushed, plan.Folded));
        Assert.Empty(plan.Created);
    }

    public ValueTask<string> DescribeAsync(ContentHash? baseRoot, ContentHash newRoot, CancellationToken cancellationToken) => ValueTask.FromResult("described");

    public ReadOnlyMemory<byte> DrawSalt() => new byte[16];

    private async Task<PushPlan?> PlanAsync(SnapshotId tip, params SnapshotId[] known) =>
        (await PushFolding.PlanAsync(_objects.Graph, tip, known.Contains, false, this, default)).Value;

    private async Task<SnapshotId> AddAsync(string content, SnapshotKind kind = SnapshotKind.Manual, params SnapshotId[] parents) =>
        await _objects.AddAsync(await _objects.TreeAsync(new Files { ["f"] = content }), kind, content, [.. parents]);

    private static async Task<int> CountAsync<T>(IAsyncEnumerable<T> items)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }
}
