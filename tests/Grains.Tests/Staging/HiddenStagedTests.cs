using W0rktree.Grains.Abstractions.Events;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Tests.Cluster;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Staging;

/// <summary>What a reader of some paths only learns of others' staged work.</summary>
public sealed class HiddenStagedTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    private const string Policies = "[[policy]]\nname = \"no\"\neffect = \"deny\"\nsubjects = [{ role = \"developer\" }]\nscope = { path = \"secret/\" }\npermissions = [\"tree:read\"]\n"
        + "[[policy]]\nname = \"quiet\"\neffect = \"deny\"\nsubjects = [{ role = \"developer\" }]\nscope = { branch = \"quiet\" }\npermissions = [\"branch:read\"]\n";

    [Fact]
    public async Task Work_on_hidden_paths_is_in_no_list_and_no_event()
    {
        var (owner, dev, tree, head) = await StartAsync();
        (await owner.StageAsync(tree, head, await AddAsync(tree, head, ("secret/plan", "2")), 1)).Must();

        Assert.Empty((await dev.ListStagedAsync(tree)).Must().Entries);
        Assert.DoesNotContain((await dev.ReadEventsAsync(tree, 0)).Must().Events, e => e.Kind == EventKind.Staged);
        Assert.Equal("not_found", (await PathsAsync(dev, tree, owner)).Refusal!.Code);
        Assert.Single((await owner.ListStagedAsync(tree)).Must().Entries);
    }

    [Fact]
    public async Task Of_work_on_both_only_what_is_open_is_named_and_counted()
    {
        var (owner, dev, tree, head) = await StartAsync();
        (await owner.StageAsync(tree, head, await AddAsync(tree, head, ("secret/plan", "2"), ("secret/more", "3"), ("src/a", "2")), 1)).Must();

        Assert.Equal(1, Assert.Single((await dev.ListStagedAsync(tree)).Must().Entries).PathCount);
        Assert.Equal(1, Assert.Single((await dev.ReadEventsAsync(tree, 0)).Must().Events, e => e.Kind == EventKind.Staged).PathCount);
        Assert.Equal(["src/a"], (await PathsAsync(dev, tree, owner)).Must().Paths.Select(p => p.Path.ToString()));
        Assert.Equal(3, (await PathsAsync(owner, tree, owner)).Must().Paths.Length);
    }

    [Fact]
    public async Task A_warning_names_only_open_paths()
    {
        var (owner, dev, tree, head) = await StartAsync();
        (await owner.StageAsync(tree, head, await AddAsync(tree, head, ("secret/plan", "2"), ("src/a", "2")), 1)).Must();
        var mine = (await dev.StageAsync(tree, head, await AddAsync(tree, head, ("secret/plan", "3"), ("src/a", "3")), 1)).Must();

        Assert.Equal(["src/a"], Assert.Single(mine.Overlaps).Paths.Select(p => p.Path.ToString()));
        var warning = Assert.Single((await dev.ReadEventsAsync(tree, 0)).Must().Events, e => e.Kind == EventKind.Overlap);
        Assert.Equal((1, "src/a"), (warning.Overlap!.PathCount, warning.Overlap.Paths.Single().Path.ToString()));
        Assert.Equal(2, Assert.Single((await owner.ReadEventsAsync(tree, 0)).Must().Events, e => e.Kind == EventKind.Overlap).Overlap!.PathCount);
    }

    [Fact]
    public async Task A_hidden_branch_is_in_no_list_no_event_and_no_warning()
    {
        var (owner, dev, tree, head) = await StartAsync();
        (await owner.StageAsync(tree, head, await AddAsync(tree, head, ("src/a", "2")), 1, "quiet")).Must();
        (await owner.PushAsync(tree, default, head, "quiet")).Must();
        var mine = (await dev.StageAsync(tree, head, await AddAsync(tree, head, ("src/a", "3")), 1)).Must();

        Assert.Empty(mine.Overlaps);
        Assert.DoesNotContain((await dev.ReadEventsAsync(tree, 0)).Must().Events, e => e.Branch.Text == "quiet" || e.Overlap is not null);
        Assert.DoesNotContain((await dev.ListStagedAsync(tree, ended: true)).Must().Entries, e => e.Branch.Text == "quiet");
    }

    private static Task<Reply<StagedPathPage>> PathsAsync(Person reader, TreeAddress tree, Person whose) => reader.CallAsync(g =>
        g.GetGrain<IStagingAggregatorGrain>(GrainKeys.Tree(tree)).ListPathsAsync(
            new StagedPathQuery { Account = whose.Account, Key = new StagedKey { Copy = whose.Copy, Branch = BranchName.Main } }, default));

    private async Task<(Person Owner, Person Dev, TreeAddress Tree, SnapshotId Head)> StartAsync()
    {
        var (owner, dev) = (await Person.RegisterAsync(cluster, "owner"), await Person.RegisterAsync(cluster, "dev"));
        var tree = await owner.CreateWorktreeAsync();
        (await owner.SetMemberAsync(tree.Tenant, dev, Role.Developer)).Must();
        var head = await AddAsync(tree, default, (".wt/access/policies.toml", Policies), ("src/a", "1"), ("secret/plan", "1"));
        (await owner.PushAsync(tree, default, head)).Must();
        return (owner, dev, tree, head);
    }

    private async Task<SnapshotId> AddAsync(TreeAddress tree, SnapshotId parent, params (string Path, string Content)[] changes)
    {
        var objects = cluster.Vault.Of(tree.Tenant, tree.Tree);
        var files = parent.IsZero ? [] : await objects.ListAsync((await objects.Graph.ReadSnapshotAsync(parent, default)).Root);
        foreach (var (path, content) in changes)
        {
            files[path] = content;
        }

        return await objects.AddAsync(await objects.TreeAsync(files), message: Guid.NewGuid().ToString(), parents: parent.IsZero ? [] : [parent]);
    }
}
