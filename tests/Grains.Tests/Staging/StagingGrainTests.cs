using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Staging;
using W0rktree.Grains.Tests.Cluster;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Staging;

public class StagingGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task Staged_work_is_shown_to_the_team_with_its_paths()
    {
        var team = await TeamAsync();
        var work = await team.WorkAsync(("a.cs", "mine"), ("README.md", "mine"));

        var outcome = (await team.Ann.StageAsync(team.Tree, team.Base, work, 1)).Must();

        var shown = Assert.Single((await team.Bob.ListStagedAsync(team.Tree)).Must().Entries);
        Assert.Equal(outcome.Staged, shown);
        Assert.Equal((team.Ann.Slug, work, 2), (shown.AccountSlug, shown.Snapshot, shown.PathCount));
        var query = new StagedPathQuery { Account = team.Ann.Account, Key = new StagedKey { Copy = team.Ann.Copy, Branch = BranchName.Main } };
        var paths = (await team.Bob.CallAsync(g => Staging(g, team.Tree).ListPathsAsync(query, default))).Must().Paths;
        Assert.Equal([("README.md", "documentation"), ("a.cs", "code")], paths.Select(p => (p.Path.ToString(), p.Class)));
    }

    [Fact]
    public async Task Two_people_on_one_path_are_warned_and_a_third_is_not()
    {
        var team = await TeamAsync();
        var cy = await Person.RegisterAsync(cluster, "cy");
        (await team.Ann.SetMemberAsync(team.Tree.Tenant, cy, Role.Viewer)).Must();

        Assert.Empty((await team.Ann.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "of ann")), 1)).Must().Overlaps);
        var overlap = Assert.Single((await team.Bob.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "of bob")), 1)).Must().Overlaps);

        Assert.Equal((team.Ann.Slug, "a.cs", OverlapKind.SamePath), (overlap.AccountSlug, overlap.Paths[0].Path.ToString(), overlap.Paths[0].Kind));
        var warning = Assert.Single((await team.Ann.ReadEventsAsync(team.Tree, 0)).Must().Events, e => e.Kind == EventKind.Overlap);
        Assert.Equal((team.Bob.Slug, team.Ann.Copy), (warning.Overlap!.AccountSlug, warning.Copy));
        Assert.DoesNotContain((await cy.ReadEventsAsync(team.Tree, 0)).Must().Events, e => e.Kind == EventKind.Overlap);
    }

    [Fact]
    public async Task Disjoint_work_warns_nobody()
    {
        var team = await TeamAsync();
        (await team.Ann.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "of ann")), 1)).Must();

        Assert.Empty((await team.Bob.StageAsync(team.Tree, team.Base, await team.WorkAsync(("b.cs", "of bob")), 1)).Must().Overlaps);

        Assert.DoesNotContain((await team.Ann.ReadEventsAsync(team.Tree, 0)).Must().Events, e => e.Kind == EventKind.Overlap);
    }

    [Fact]
    public async Task An_older_stage_never_replaces_a_newer_one()
    {
        var team = await TeamAsync();
        var (old, young) = (await team.WorkAsync(("a.cs", "old")), await team.WorkAsync(("a.cs", "young")));
        (await team.Ann.StageAsync(team.Tree, team.Base, young, 2)).Must();

        (await team.Ann.StageAsync(team.Tree, team.Base, old, 1)).Must();

        Assert.Equal(young, Assert.Single((await team.Ann.ListStagedAsync(team.Tree)).Must().Entries).Snapshot);
    }

    [Fact]
    public async Task A_repeated_stage_tells_nobody_twice()
    {
        var team = await TeamAsync();
        var work = await team.WorkAsync(("a.cs", "x"));
        (await team.Ann.StageAsync(team.Tree, team.Base, work, 1)).Must();
        var before = (await team.Bob.ReadEventsAsync(team.Tree, 0)).Must().Latest;

        (await team.Ann.StageAsync(team.Tree, team.Base, work, 1)).Must();

        Assert.Equal(before, (await team.Bob.ReadEventsAsync(team.Tree, 0)).Must().Latest);
    }

    [Fact]
    public async Task Pushed_work_leaves_the_list_and_stays_among_the_ended()
    {
        var team = await TeamAsync();
        var work = await team.WorkAsync(("a.cs", "x"));
        (await team.Ann.StageAsync(team.Tree, team.Base, work, 1)).Must();

        (await team.Ann.PushAsync(team.Tree, team.Base, work)).Must();

        Assert.Empty((await team.Bob.ListStagedAsync(team.Tree)).Must().Entries);
        Assert.Equal(StagedState.Pushed, Assert.Single((await team.Bob.ListStagedAsync(team.Tree, ended: true)).Must().Entries).State);
    }

    [Fact]
    public async Task Nobody_clears_the_work_of_somebody_else()
    {
        var team = await TeamAsync();
        (await team.Ann.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "x")), 1)).Must();
        var key = new StagedKey { Copy = team.Ann.Copy };

        Assert.Equal(0, (await team.Bob.CallAsync(g => Staging(g, team.Tree).ClearAsync(key, default))).Must().Cleared);
        Assert.Equal(1, (await team.Ann.CallAsync(g => Staging(g, team.Tree).ClearAsync(key, default))).Must().Cleared);
        Assert.Empty((await team.Bob.ListStagedAsync(team.Tree)).Must().Entries);
    }

    [Fact]
    public async Task Work_that_is_not_renewed_is_shown_no_longer()
    {
        var team = await TeamAsync();
        (await team.Ann.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "x")), 1)).Must();

        cluster.Clock.Advance(StagingRules.Life);

        Assert.Empty((await team.Bob.ListStagedAsync(team.Tree)).Must().Entries);
    }

    [Fact]
    public async Task A_snapshot_that_the_tree_does_not_have_cannot_be_staged()
    {
        var team = await TeamAsync();
        var nowhere = new SnapshotId(ContentHash.OfContent("nothing"u8));

        Assert.Equal("missing_objects", (await team.Ann.StageAsync(team.Tree, team.Base, nowhere, 1)).Refusal!.Code);
        Assert.Equal("missing_objects", (await team.Ann.StageAsync(team.Tree, nowhere, team.Base, 1)).Refusal!.Code);
    }

    [Fact]
    public async Task A_stranger_sees_no_staged_work()
    {
        var team = await TeamAsync();
        var mallory = await Person.RegisterAsync(cluster, "mallory");

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => mallory.ListStagedAsync(team.Tree)));
        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => mallory.ReadEventsAsync(team.Tree, 0)));
    }

    [Fact]
    public async Task Stages_at_the_same_time_are_all_stored()
    {
        var team = await TeamAsync();
        var works = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => team.WorkAsync(("a.cs", $"{i}"))));

        var outcomes = await Task.WhenAll(works.Select((work, i) => Task.Run(() => team.Ann.StageAsync(team.Tree, team.Base, work, 1, $"topic-{i}"))));

        Assert.All(outcomes, o => Assert.NotNull(o.Value));
        Assert.Equal(20, (await team.Bob.ListStagedAsync(team.Tree)).Must().Entries.Length);
        await cluster.Cluster.DeactivateAsync(Staging(cluster.Grains, team.Tree));
        Assert.Equal(20, (await team.Bob.ListStagedAsync(team.Tree)).Must().Entries.Length);
    }

    [Fact]
    public async Task A_failed_write_fails_its_stages_and_shows_nothing()
    {
        var team = await TeamAsync();
        cluster.Storage.FailNext["staging"] = false;

        await Assert.ThrowsAnyAsync<OrleansException>(async () => await team.Ann.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "x")), 1));

        Assert.Empty((await team.Bob.ListStagedAsync(team.Tree)).Must().Entries);
        (await team.Ann.StageAsync(team.Tree, team.Base, await team.WorkAsync(("a.cs", "x")), 1)).Must();
    }

    private static IStagingAggregatorGrain Staging(IGrainFactory grains, TreeAddress tree) => grains.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(tree));

    private async Task<Team> TeamAsync()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));
        var tree = await ann.CreateWorktreeAsync();
        (await ann.SetMemberAsync(tree.Tenant, bob, Role.Developer)).Must();
        var objects = cluster.Vault.Of(tree.Tenant, tree.Tree);
        var root = await objects.TreeAsync(new Dictionary<string, string> { ["a.cs"] = "one", ["b.cs"] = "two", ["README.md"] = "three" });
        var start = await objects.AddAsync(root);
        (await ann.PushAsync(tree, default, start)).Must();
        return new Team(ann, bob, tree, objects, start);
    }

    private sealed record Team(Person Ann, Person Bob, TreeAddress Tree, MemoryObjects Objects, SnapshotId Base)
    {
        public async Task<SnapshotId> WorkAsync(params (string Path, string Content)[] edits)
        {
            var files = new Dictionary<string, string> { ["a.cs"] = "one", ["b.cs"] = "two", ["README.md"] = "three" };
            foreach (var (path, content) in edits)
            {
                files[path] = content;
            }

            return await Objects.AddAsync(await Objects.TreeAsync(files), Core.Objects.SnapshotKind.Auto, parents: [Base]);
        }
    }
}
