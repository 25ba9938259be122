using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>The way of a change through the whole server.</summary>
public sealed class WalkTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task What_one_pushes_another_member_fetches_byte_for_byte()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await ann.CreateWorktreeAsync("site");
        await ann.AddMemberAsync(bob);
        var objects = new MemoryObjects();
        var big = new string('x', 3_000_000) + "end";
        var first = await CommitAsync(objects, new() { ["readme"] = "hello", ["src/a.cs"] = "class A;", ["run"] = "!x #!/bin/sh", ["link"] = "!l readme", ["big"] = big });
        var second = await CommitAsync(objects, new() { ["readme"] = "hello there", ["src/a.cs"] = "class A;", ["big"] = big }, first);
        Assert.True((await ann.UploadAsync(tree, objects, second)).Complete);
        var pushed = await ann.PushAsync(tree, default, second);
        Assert.Equal(Person.Bytes(second), pushed.Head);

        var found = await bob.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = ann.Slug, Name = "site" }, bob.Head);
        Assert.Equal((tree, "developer"), (found.Root, found.MyRole));
        var branch = Assert.Single((await bob.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, bob.Head)).Branches);
        Assert.Equal(("main", Person.Bytes(second), ann.Slug), (branch.Name, branch.Head, branch.MovedBy));

        var here = new MemoryObjects();
        var all = await bob.DownloadAsync(tree, here, [second]);
        Assert.Equal(await objects.ListAsync((await objects.Graph.ReadSnapshotAsync(second, default)).Root), await here.ListAsync((await here.Graph.ReadSnapshotAsync(second, default)).Root));
        Assert.Equal("hello", here.Text(ContentHash.OfContent("hello"u8)));
        Assert.True(await bob.DownloadAsync(tree, new MemoryObjects(), [second], [first]) < all);
        Assert.Equal(all - 3, await bob.DownloadAsync(tree, new MemoryObjects(), [second], skip: 3));
    }

    [Fact]
    public async Task Only_the_snapshots_of_the_tree_are_known_to_negotiation()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var tree = await ann.CreateWorktreeAsync("site");
        var objects = new MemoryObjects();
        var (here, elsewhere) = (await CommitAsync(objects, new() { ["a"] = "1" }), await CommitAsync(objects, new() { ["a"] = "2" }));
        await ann.UploadAsync(tree, objects, here);
        var request = new NegotiateRequest { Tree = tree };
        request.Snapshots.Add([Person.Bytes(here), Person.Bytes(elsewhere)]);
        Assert.Equal([Person.Bytes(here)], (await ann.Sync.NegotiateAsync(request, ann.Head)).Known);
    }

    [Fact]
    public async Task A_restarted_server_knows_everything_it_acknowledged()
    {
        var own = new TestServer();
        await own.InitializeAsync();
        try
        {
            var ann = await Person.RegisterAsync(own.Channel);
            var tree = await ann.CreateWorktreeAsync("site");
            var objects = new MemoryObjects();
            var (pushed, staged) = (await CommitAsync(objects, new() { ["a"] = "1" }), default(SnapshotId));
            await ann.UploadAsync(tree, objects, pushed);
            await ann.PushAsync(tree, default, pushed);
            staged = await CommitAsync(objects, new() { ["a"] = "2" }, pushed);
            await ann.UploadAsync(tree, objects, staged, pushed);
            await ann.StageAsync(tree, pushed, staged);
            await own.RestartAsync();
            ann = ann.On(own.Channel);

            var branch = Assert.Single((await ann.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, ann.Head)).Branches);
            Assert.Equal(Person.Bytes(pushed), branch.Head);
            var entry = Assert.Single((await ann.Sync.ListStagedAsync(new ListStagedRequest { Tree = tree }, ann.Head)).Entries);
            Assert.Equal((Person.Bytes(staged), "staged", "a"), (entry.Snapshot, entry.State, entry.Changes.Single().Path.ToStringUtf8()));
            Assert.True(await ann.DownloadAsync(tree, new MemoryObjects(), [staged]) > 0);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    /// <summary>Makes a snapshot of files on top of others.</summary>
    internal static async Task<SnapshotId> CommitAsync(MemoryObjects objects, Dictionary<string, string> files, params SnapshotId[] parents) =>
        await objects.WriteSnapshotAsync(Snapshots.Make(await objects.TreeAsync(files), parents: [.. parents]), CancellationToken.None);
}
