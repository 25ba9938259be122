using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Tests.Cluster;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Branches;

public class BranchGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task The_first_push_makes_the_branch_and_the_next_moves_it()
    {
        var (ann, tree) = await StartAsync();
        var (a, b) = await TwoAsync(tree);

        var first = (await ann.PushAsync(tree, default, a)).Must();
        var second = (await ann.PushAsync(tree, a, b)).Must();

        Assert.Equal((a, 1L, true), (first.Head, first.Version, first.Created));
        Assert.Equal((b, 2L, false), (second.Head, second.Version, second.Created));
        var shown = Assert.Single((await ann.ListBranchesAsync(tree)).Must().Branches);
        Assert.Equal((BranchName.Main, b, ann.Slug), (shown.Name, shown.Head, shown.MovedBy));
    }

    [Fact]
    public async Task Of_two_pushes_from_one_base_exactly_one_wins()
    {
        var (ann, tree) = await StartAsync();
        var a = await SnapshotAsync(tree, "a");
        (await ann.PushAsync(tree, default, a)).Must();
        var rivals = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SnapshotAsync(tree, $"rival {i}", a)));

        var outcomes = await Task.WhenAll(rivals.Select(r => Task.Run(() => ann.PushAsync(tree, a, r, requestId: $"{r}"))));

        var winner = Assert.Single(outcomes, o => o.Value is not null).Must();
        Assert.All(outcomes.Where(o => o.Value is null), o => Assert.Equal("stale_base", o.Refusal!.Code));
        Assert.Equal(winner.Head, Assert.Single((await ann.ListBranchesAsync(tree)).Must().Branches).Head);
    }

    [Fact]
    public async Task A_head_that_does_not_descend_from_the_one_before_is_refused()
    {
        var (ann, tree) = await StartAsync();
        var (a, stranger) = (await SnapshotAsync(tree, "a"), await SnapshotAsync(tree, "no relation"));
        (await ann.PushAsync(tree, default, a)).Must();

        Assert.Equal("stale_base", (await ann.PushAsync(tree, a, stranger)).Refusal!.Code);
    }

    [Fact]
    public async Task Going_back_to_an_ancestor_is_refused()
    {
        var (ann, tree) = await StartAsync();
        var (a, b) = await TwoAsync(tree);
        (await ann.PushAsync(tree, default, b)).Must();

        Assert.Equal("stale_base", (await ann.PushAsync(tree, b, a)).Refusal!.Code);
    }

    [Fact]
    public async Task A_snapshot_that_the_tree_does_not_have_is_refused()
    {
        var (ann, tree) = await StartAsync();
        var other = await ann.CreateWorktreeAsync();
        var elsewhere = await SnapshotAsync(other, "in another tree of the same tenant");

        Assert.Equal("missing_objects", (await ann.PushAsync(tree, default, elsewhere)).Refusal!.Code);
    }

    [Fact]
    public async Task A_snapshot_with_conflicts_is_refused()
    {
        var (ann, tree) = await StartAsync();
        var objects = cluster.Vault.Of(tree.Tenant, tree.Tree);
        var root = await objects.TreeAsync(new Dictionary<string, string> { ["a"] = "x" });
        var side = new ConflictSide(EntryKind.File, 1, objects.Content("x"));
        var conflict = new Conflict(Core.Paths.TreePath.Parse("a").Value, ConflictKind.Content, side, side, side);
        var id = await objects.WriteSnapshotAsync(Snapshots.Make(root).WithConflicts([conflict]), default);

        Assert.Equal("conflicted", (await ann.PushAsync(tree, default, id)).Refusal!.Code);
    }

    [Fact]
    public async Task A_repeated_push_answers_the_same()
    {
        var (ann, tree) = await StartAsync();
        var (a, b) = await TwoAsync(tree);
        (await ann.PushAsync(tree, default, a, requestId: "r1")).Must();
        (await ann.PushAsync(tree, a, b, requestId: "r2")).Must();

        var again = (await ann.PushAsync(tree, default, a, requestId: "r1")).Must();

        Assert.Equal((a, 1L, true), (again.Head, again.Version, again.Created));
        Assert.Equal(b, Assert.Single((await ann.ListBranchesAsync(tree)).Must().Branches).Head);
    }

    [Fact]
    public async Task A_viewer_cannot_push_and_a_developer_can()
    {
        var (ann, tree) = await StartAsync();
        var bob = await Person.RegisterAsync(cluster, "bob");
        var a = await SnapshotAsync(tree, "a");

        (await ann.SetMemberAsync(tree.Tenant, bob, Role.Viewer)).Must();
        Assert.Equal("denied", (await GrainCluster.RefusedAsync(() => bob.PushAsync(tree, default, a))).Code);
        (await ann.SetMemberAsync(tree.Tenant, bob, Role.Developer)).Must();
        (await bob.PushAsync(tree, default, a)).Must();
    }

    [Fact]
    public async Task A_stranger_gets_the_same_answer_whether_the_tree_exists_or_not()
    {
        var (_, tree) = await StartAsync();
        var (mallory, a) = (await Person.RegisterAsync(cluster, "mallory"), await SnapshotAsync(tree, "a"));
        var nowhere = tree with { Tree = new TreeId(Person.Random128()) };

        var there = await GrainCluster.RefusedAsync(() => mallory.PushAsync(tree, default, a));

        Assert.Equal(Refusals.NotFound, there);
        Assert.Equal(there, await GrainCluster.RefusedAsync(() => mallory.PushAsync(nowhere, default, a)));
    }

    [Fact]
    public async Task A_member_cannot_push_into_a_tree_that_was_never_created()
    {
        var (ann, tree) = await StartAsync();
        var a = await SnapshotAsync(tree, "a");

        var refusal = await GrainCluster.RefusedAsync(() => ann.PushAsync(tree with { Tree = new TreeId(Person.Random128()) }, default, a));

        Assert.Equal(Refusals.NotFound, refusal);
    }

    [Fact]
    public async Task Losing_the_membership_takes_effect_with_the_next_call()
    {
        var (ann, tree) = await StartAsync();
        var bob = await Person.RegisterAsync(cluster, "bob");
        var a = await SnapshotAsync(tree, "a");
        (await ann.SetMemberAsync(tree.Tenant, bob, Role.Developer)).Must();
        var ticket = bob.Ticket;

        (await ann.RemoveMemberAsync(tree.Tenant, bob)).Must();

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => bob.PushAsync(tree, default, a)));
        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => cluster.WithAsync(ticket, () => bob.ListBranchesAsync(tree))));
    }

    [Fact]
    public async Task Another_activation_that_wrote_in_between_makes_a_push_fail_and_not_overwrite()
    {
        var (ann, tree) = await StartAsync();
        var (a, b) = await TwoAsync(tree);
        (await ann.PushAsync(tree, default, a)).Must();
        var grain = cluster.Grains.GetGrain<IBranchGrain>(GrainKeys.Branch(tree, BranchName.Main));
        cluster.Storage.WriteBehindBack("branch", grain.GetGrainId());

        await Assert.ThrowsAsync<global::Orleans.Storage.InconsistentStateException>(() => ann.PushAsync(tree, a, b));

        Assert.Equal(a, Assert.Single((await ann.ListBranchesAsync(tree)).Must().Branches).Head);
        (await ann.PushAsync(tree, a, b)).Must();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_storage_failure_memory_shows_what_is_stored(bool failsAfterWriting)
    {
        var (ann, tree) = await StartAsync();
        var (a, b) = await TwoAsync(tree);
        (await ann.PushAsync(tree, default, a)).Must();
        cluster.Storage.FailNext["branch"] = failsAfterWriting;

        await Assert.ThrowsAnyAsync<OrleansException>(() => ann.PushAsync(tree, a, b, requestId: "r"));

        Assert.Equal(failsAfterWriting ? b : a, Assert.Single((await ann.ListBranchesAsync(tree)).Must().Branches).Head);
        Assert.Equal(2, (await ann.PushAsync(tree, a, b, requestId: "r")).Must().Version);
    }

    [Fact]
    public async Task A_deleted_branch_is_gone_and_its_name_can_start_anew()
    {
        var (ann, tree) = await StartAsync();
        var a = await SnapshotAsync(tree, "a");
        var name = BranchName.Parse("topic").Value;
        (await ann.PushAsync(tree, default, a, "topic")).Must();
        Task<Reply<Acknowledged>> Delete() => ann.CallAsync(g => g.GetGrain<IBranchGrain>(GrainKeys.Branch(tree, name))
            .DeleteAsync(new DeleteBranch { Name = name, Expected = a }, default));

        (await Delete()).Must();
        (await Delete()).Must();

        Assert.Empty((await ann.ListBranchesAsync(tree)).Must().Branches);
        Assert.True((await ann.PushAsync(tree, default, a, "topic")).Must().Created);
    }

    [Fact]
    public async Task Members_hear_of_a_moved_branch_and_of_each_move_once()
    {
        var (ann, tree) = await StartAsync();
        var (a, b) = await TwoAsync(tree);
        (await ann.PushAsync(tree, default, a, requestId: "1")).Must();
        (await ann.PushAsync(tree, a, b, requestId: "2")).Must();
        (await ann.PushAsync(tree, a, b, requestId: "2")).Must();

        var page = (await ann.ReadEventsAsync(tree, 0)).Must();

        Assert.Equal([(default, a), (a, b)], page.Events.Where(e => e.Kind == EventKind.BranchMoved).Select(e => (e.Before, e.Snapshot)));
    }

    private async Task<(Person Ann, TreeAddress Tree)> StartAsync()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        return (ann, await ann.CreateWorktreeAsync());
    }

    private async Task<(SnapshotId A, SnapshotId B)> TwoAsync(TreeAddress tree)
    {
        var a = await SnapshotAsync(tree, "a");
        return (a, await SnapshotAsync(tree, "b", a));
    }

    private async Task<SnapshotId> SnapshotAsync(TreeAddress tree, string text, params SnapshotId[] parents)
    {
        var objects = cluster.Vault.Of(tree.Tenant, tree.Tree);
        var root = await objects.TreeAsync(new Dictionary<string, string> { ["file"] = text });
        return await objects.AddAsync(root, parents: [.. parents]);
    }
}
