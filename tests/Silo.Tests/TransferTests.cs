using Google.Protobuf;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>Uploads that are incomplete, altered or cut, and pushes that meet.</summary>
public sealed class TransferTests(SharedServer server) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private readonly MemoryObjects _objects = new();
    private Person _ann = null!;
    private TreeRef _tree = null!;

    public async Task InitializeAsync()
    {
        _ann = await Person.RegisterAsync(server.Channel);
        _tree = await _ann.CreateWorktreeAsync("site");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_upload_that_lacks_an_object_is_refused_and_nothing_of_it_is_known()
    {
        var tip = await WalkTests.CommitAsync(_objects, new() { ["a"] = "one", ["b"] = "two" });
        var frames = (await Person.FramesAsync(_objects, tip))[1..];
        var session = Person.Session();
        await _ann.OpenAsync(_tree, tip, session, frames.Count);
        Assert.Equal("missing_objects", (await Person.RefusedAsync(() => _ann.SendAsync(_tree, session, 0, frames.SelectMany(f => f)))).Code);
        Assert.Empty((await _ann.Sync.NegotiateAsync(new NegotiateRequest { Tree = _tree, Snapshots = { Person.Bytes(tip) } }, _ann.Head)).Known);
        Assert.Equal("missing_objects", (await Person.RefusedAsync(() => _ann.PushAsync(_tree, default, tip))).Code);
        Assert.Equal("missing_objects", (await Person.RefusedAsync(() => _ann.StageAsync(_tree, default, tip))).Code);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => _ann.DownloadAsync(_tree, new MemoryObjects(), [tip]))).Code);
    }

    [Fact]
    public async Task Altered_bytes_are_refused_whatever_they_are()
    {
        var tip = await WalkTests.CommitAsync(_objects, new() { ["dir/a"] = "one" });
        var frames = (await Person.FramesAsync(_objects, tip)).SelectMany(f => f).ToArray();
        Assert.Equal([ObjectKind.Content, ObjectKind.Directory, ObjectKind.Directory, ObjectKind.Snapshot], frames.Select(f => (ObjectKind)f.Kind));
        for (var i = 0; i < frames.Length; i++)
        {
            var altered = frames.Select(f => f.Clone()).ToArray();
            var bytes = altered[i].Data.ToByteArray();
            bytes[^1] ^= 1;
            altered[i].Data = ByteString.CopyFrom(bytes);
            var session = Person.Session();
            await _ann.OpenAsync(_tree, tip, session, frames.Length);
            Assert.Equal("invalid_argument", (await Person.RefusedAsync(() => _ann.SendAsync(_tree, session, 0, altered))).Code);

            // What came before it is kept; the rest, sent right, completes the upload of the last round.
            var again = await _ann.OpenAsync(_tree, tip, session, frames.Length);
            Assert.Equal((ulong)i, again.ReceivedObjects);
            if (i == frames.Length - 1)
            {
                Assert.True((await _ann.SendAsync(_tree, session, again.ReceivedObjects, frames[i..])).Complete);
            }
        }
    }

    [Fact]
    public async Task An_object_of_another_tree_is_not_usable_by_its_hash()
    {
        var secret = await WalkTests.CommitAsync(_objects, new() { ["secret"] = "the launch codes" });
        await _ann.UploadAsync(_tree, _objects, secret);
        var otherTree = TreeId.Parse(Person.Id());
        var other = await _ann.CreateWorktreeAsync("other", otherTree);
        var root = (await _objects.Graph.ReadSnapshotAsync(secret, default)).Root;
        var thief = await _objects.WriteSnapshotAsync(Snapshots.Make(root) with { Tree = otherTree }, default);
        var only = (await Person.FramesAsync(_objects, thief))[^1];
        var session = Person.Session();
        await _ann.OpenAsync(other, thief, session, 1);
        Assert.Equal("missing_objects", (await Person.RefusedAsync(() => _ann.SendAsync(other, session, 0, only))).Code);
    }

    [Fact]
    public async Task A_snapshot_of_another_tree_is_refused()
    {
        var other = await _ann.CreateWorktreeAsync("other", TreeId.Parse(Person.Id()));
        var tip = await WalkTests.CommitAsync(_objects, new() { ["a"] = "one" });
        Assert.Equal("invalid_argument", (await Person.RefusedAsync(() => _ann.UploadAsync(other, _objects, tip))).Code);
    }

    [Fact]
    public async Task A_cut_upload_goes_on_where_it_was_durable()
    {
        var tip = await WalkTests.CommitAsync(_objects, Enumerable.Range(0, 40).ToDictionary(i => $"f{i}", i => $"content {i}"));
        var frames = await Person.FramesAsync(_objects, tip);
        var session = Person.Session();
        await _ann.OpenAsync(_tree, tip, session, frames.Count);
        var reply = await _ann.SendAsync(_tree, session, 0, frames[..17].SelectMany(f => f));
        Assert.Equal((17UL, false), (reply.ReceivedObjects, reply.Complete));

        using (var cut = _ann.Sync.Upload(_ann.Head))
        {
            await cut.RequestStream.WriteAsync(new UploadFrame { Start = new UploadStart { Tree = _tree, Session = session, FirstObject = 17 } });
            await cut.RequestStream.WriteAsync(new UploadFrame { Object = frames[17][0] });
        }

        var opened = await _ann.OpenAsync(_tree, tip, session, frames.Count);
        Assert.InRange(opened.ReceivedObjects, 17UL, 18UL);
        Assert.Equal("invalid_argument", (await Person.RefusedAsync(() => _ann.SendAsync(_tree, session, 3, []))).Code);
        Assert.True((await _ann.SendAsync(_tree, session, opened.ReceivedObjects, frames[(int)opened.ReceivedObjects..].SelectMany(f => f))).Complete);
        Assert.True((await _ann.OpenAsync(_tree, tip, session, frames.Count)).Complete);
    }

    [Fact]
    public async Task A_session_belongs_to_its_account()
    {
        var bob = await Person.RegisterAsync(server.Channel);
        await _ann.AddMemberAsync(bob);
        var tip = await WalkTests.CommitAsync(_objects, new() { ["a"] = "one" });
        var session = Person.Session();
        await _ann.OpenAsync(_tree, tip, session, 3);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => bob.SendAsync(_tree, session, 0, []))).Code);
    }

    [Fact]
    public async Task A_file_larger_than_a_chunk_arrives_as_it_was()
    {
        var bytes = new byte[(13 << 20) + 7];
        new Random(20260101).NextBytes(bytes);
        var id = _objects.Content(bytes);
        var root = await _objects.WriteDirectoryAsync(DirectoryObject.Of([new DirectoryEntry(Core.Paths.EntryName.Create("big").Value, EntryKind.File, (ulong)bytes.Length, id)]), default);
        var tip = await _objects.WriteSnapshotAsync(Snapshots.Make(root), default);
        Assert.True((await _ann.UploadAsync(_tree, _objects, tip)).Complete);
        var here = new MemoryObjects();
        await _ann.DownloadAsync(_tree, here, [tip]);
        Assert.True((await here.TryReadAsync(id, default))!.Bytes.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task Of_pushes_that_race_exactly_one_wins()
    {
        var start = await WalkTests.CommitAsync(_objects, new() { ["a"] = "0" });
        await _ann.UploadAsync(_tree, _objects, start);
        await _ann.PushAsync(_tree, default, start);
        var tips = new SnapshotId[6];
        for (var i = 0; i < tips.Length; i++)
        {
            tips[i] = await WalkTests.CommitAsync(_objects, new() { ["a"] = $"by {i}" }, start);
            await _ann.UploadAsync(_tree, _objects, tips[i], start);
        }

        var ends = await Task.WhenAll(tips.Select(async tip =>
        {
            try
            {
                return Convert.ToHexStringLower((await _ann.PushAsync(_tree, start, tip)).Head.Span);
            }
            catch (Grpc.Core.RpcException e)
            {
                return (await Person.RefusedAsync(() => Task.FromException(e))).Code;
            }
        }));
        var winner = Assert.Single(ends, e => e != "stale_base");
        var branch = Assert.Single((await _ann.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = _tree }, _ann.Head)).Branches);
        Assert.Equal((winner, 2L), (Convert.ToHexStringLower(branch.Head.Span), branch.Version));
    }

    [Fact]
    public async Task A_push_moves_a_branch_forward_only_and_answers_its_repetition_the_same()
    {
        var first = await WalkTests.CommitAsync(_objects, new() { ["a"] = "1" });
        var second = await WalkTests.CommitAsync(_objects, new() { ["a"] = "2" }, first);
        var aside = await WalkTests.CommitAsync(_objects, new() { ["a"] = "3" });
        await _ann.UploadAsync(_tree, _objects, second);
        await _ann.UploadAsync(_tree, _objects, aside);
        var request = Person.Id();
        var pushed = await _ann.PushAsync(_tree, default, second, requestId: request);
        Assert.Equal(pushed, await _ann.PushAsync(_tree, default, second, requestId: request));
        Assert.Equal("stale_base", (await Person.RefusedAsync(() => _ann.PushAsync(_tree, default, aside))).Code);
        Assert.Equal("stale_base", (await Person.RefusedAsync(() => _ann.PushAsync(_tree, second, aside))).Code);
        Assert.Equal("stale_base", (await Person.RefusedAsync(() => _ann.PushAsync(_tree, second, first))).Code);
    }

    [Fact]
    public async Task A_conflicted_snapshot_is_staged_but_not_pushed()
    {
        var side = new ConflictSide(EntryKind.File, 3, _objects.Content("one"));
        var root = await _objects.TreeAsync(new Dictionary<string, string> { ["a"] = "<<<<<<<" });
        var conflict = new Conflict(Core.Paths.TreePath.Parse("a").Value, ConflictKind.Content, null, side, side);
        var tip = await _objects.WriteSnapshotAsync(Snapshots.Make(root).WithConflicts([conflict]), default);
        await _ann.UploadAsync(_tree, _objects, tip);
        await _ann.StageAsync(_tree, default, tip);
        Assert.Equal("conflicted", (await Person.RefusedAsync(() => _ann.PushAsync(_tree, default, tip))).Code);
    }
}
