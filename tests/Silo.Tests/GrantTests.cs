using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>What another tenant may do by a grant, and that it ends.</summary>
public sealed class GrantTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_grant_lets_in_as_far_as_it_says_and_ends_at_once()
    {
        var scene = await StartAsync();
        Assert.Equal("not_found", (await Person.RefusedAsync(() => scene.ListAsync(scene.Guest))).Code);
        var grant = await scene.GiveAsync("read");

        Assert.Equal("main", (await scene.ListAsync(scene.Guest)).Branches.Single().Name);
        Assert.Equal("shop", (await scene.Guest.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = scene.Owner.Slug, Name = "shop" }, scene.Guest.Head)).Name);
        Assert.True(await scene.Guest.DownloadAsync(scene.Tree, new MemoryObjects(), [scene.Head]) > 0);
        Assert.Equal("denied", (await Person.RefusedAsync(() => scene.Guest.PushAsync(scene.Tree, scene.Head, scene.Head, "mine"))).Code);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => scene.ListAsync(scene.Stranger))).Code);

        _ = await scene.Owner.Worktrees.EndGrantAsync(new EndGrantRequest { Tree = scene.Tree, Id = grant.Id }, scene.Owner.Head);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => scene.ListAsync(scene.Guest))).Code);
        Assert.Equal("not_found", (await Person.RefusedAsync(async () => await scene.Guest.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = scene.Owner.Slug, Name = "shop" }, scene.Guest.Head))).Code);
    }

    [Fact]
    public async Task A_grant_of_paths_shows_these_alone()
    {
        var scene = await StartAsync();
        await scene.GiveAsync("read", paths: ["open/"]);
        var received = new MemoryObjects();
        await scene.Guest.DownloadAsync(scene.Tree, received, [scene.Head]);
        var root = await received.Graph.ReadDirectoryAsync((await received.Graph.ReadSnapshotAsync(scene.Head, default)).Root, default);
        Assert.Equal(("open", 1), (root.Entries.Single().Name.ToString(), root.SealedDigests.Length));
    }

    [Fact]
    public async Task Nobody_grants_who_may_not_change_policies_and_nothing_is_passed_on()
    {
        var scene = await StartAsync();
        var maintainer = await Person.RegisterAsync(server.Channel);
        await scene.Owner.AddMemberAsync(maintainer, "maintainer");
        Assert.Equal("denied", (await Person.RefusedAsync(() => scene.GiveAsync("read", by: maintainer))).Code);
        await scene.GiveAsync("admin");
        Assert.Equal("denied", (await Person.RefusedAsync(() => scene.GiveAsync("read", to: scene.Stranger, by: scene.Guest))).Code);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => scene.GiveAsync("read", by: scene.Stranger))).Code);
        Assert.Equal("invalid_argument", (await Person.RefusedAsync(() => scene.GiveAsync("read", to: scene.Owner))).Code);
        Assert.Equal("invalid_argument", (await Person.RefusedAsync(() => scene.GiveAsync("read", expires: 1))).Code);
        Assert.Equal("invalid_argument", (await Person.RefusedAsync(() => scene.GiveAsync("read", paths: ["../up"]))).Code);
    }

    private async Task<Scene> StartAsync()
    {
        var (owner, guest, stranger) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await owner.CreateWorktreeAsync("shop");
        var objects = new MemoryObjects();
        var head = await objects.AddAsync(await objects.TreeAsync(new Dictionary<string, string> { ["open/a"] = "1", ["closed/b"] = "2" }));
        await owner.UploadAsync(tree, objects, head);
        await owner.PushAsync(tree, default, head);
        return new Scene(owner, guest, stranger, tree, head);
    }

    private sealed record Scene(Person Owner, Person Guest, Person Stranger, TreeRef Tree, SnapshotId Head)
    {
        public async Task<ListBranchesReply> ListAsync(Person who) => await who.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = Tree }, who.Head);

        public async Task<GrantInfo> GiveAsync(string level, Person? to = null, Person? by = null, string[]? paths = null, long expires = 0)
        {
            var request = new GiveGrantRequest { Tree = Tree, Id = Person.Id(), Account = (to ?? Guest).Slug, Level = level, ExpiresUnixMs = expires, OnlyPaths = paths is not null };
            request.Paths.AddRange(paths ?? []);
            return await Owner.Worktrees.GiveGrantAsync(request, (by ?? Owner).Head);
        }
    }
}
