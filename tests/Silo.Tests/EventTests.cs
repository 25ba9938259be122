using Grpc.Core;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>What listeners are told, and when they no longer are.</summary>
public sealed class EventTests(SharedServer server) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private readonly MemoryObjects _objects = new();
    private Person _ann = null!;
    private Person _bob = null!;
    private TreeRef _tree = null!;
    private SnapshotId _start;

    public async Task InitializeAsync()
    {
        (_ann, _bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        _tree = await _ann.CreateWorktreeAsync("site");
        await _ann.AddMemberAsync(_bob);
        _start = await WalkTests.CommitAsync(_objects, new() { ["shared.txt"] = "a", ["mine.txt"] = "a" });
        await _ann.UploadAsync(_tree, _objects, _start);
        await _ann.PushAsync(_tree, default, _start);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_overlap_reaches_both_and_nobody_else_and_leaves_no_gap()
    {
        var carl = await Person.RegisterAsync(server.Channel);
        await _ann.AddMemberAsync(carl, "viewer");
        using var anns = new Listener(_ann, _tree);
        using var bobs = new Listener(_bob, _tree);
        using var carls = new Listener(carl, _tree);
        await Task.WhenAll(anns.HelloAsync(), bobs.HelloAsync(), carls.HelloAsync());

        await StageAsync(_ann, new() { ["shared.txt"] = "by ann", ["mine.txt"] = "a" });
        var reply = await StageAsync(_bob, new() { ["shared.txt"] = "by bob", ["mine.txt"] = "a" });
        var seen = Assert.Single(reply.Overlaps);
        Assert.Equal(("shared.txt", "same_path", _ann.Slug, _ann.Copy), (seen.Path.ToStringUtf8(), seen.Kind, seen.OtherAccount, seen.OtherCopyId));

        var told = await anns.UntilAsync(e => e.Overlap is not null);
        Assert.Equal((_ann.Copy, "main"), (told.Overlap.CopyId, told.Overlap.Branch));
        Assert.Equal((_bob.Slug, _bob.Copy), (told.Overlap.Overlaps.Single().OtherAccount, told.Overlap.Overlaps.Single().OtherCopyId));
        Assert.Equal(_bob.Copy, (await bobs.UntilAsync(e => e.Overlap is not null)).Overlap.CopyId);

        // A push after it marks the end: what Carl was told up to there is all that he was told.
        var next = await WalkTests.CommitAsync(_objects, new() { ["shared.txt"] = "pushed" }, _start);
        await _ann.UploadAsync(_tree, _objects, next, _start);
        await _ann.PushAsync(_tree, _start, next);
        await carls.UntilAsync(e => e.BranchMoved is not null);
        Assert.DoesNotContain(carls.Seen, e => e.Overlap is not null);
        Assert.Equal([_ann.Slug, _bob.Slug, _ann.Slug], carls.Seen.Where(e => e.Staged is not null).Select(e => e.Staged.Account));
        foreach (var listener in new[] { anns, bobs, carls })
        {
            var numbers = listener.Seen.Skip(1).Select(e => e.Sequence).ToArray();
            Assert.Equal(Enumerable.Range(0, numbers.Length).Select(i => listener.Seen[0].Sequence + 1 + (ulong)i), numbers);
        }
    }

    [Fact]
    public async Task Equal_changes_are_told_apart_from_meeting_ones_and_other_paths_do_not_meet()
    {
        await StageAsync(_ann, new() { ["shared.txt"] = "same", ["mine.txt"] = "a" });
        Assert.Equal("same_content", Assert.Single((await StageAsync(_bob, new() { ["shared.txt"] = "same", ["mine.txt"] = "a" })).Overlaps).Kind);
        Assert.Equal("predicted_conflict", Assert.Single((await StageAsync(_bob, new() { ["mine.txt"] = "a" }, 2)).Overlaps).Kind);
        Assert.Empty((await StageAsync(_bob, new() { ["shared.txt"] = "a", ["mine.txt"] = "b" }, 3)).Overlaps);
    }

    [Fact]
    public async Task A_push_ends_the_staged_work_of_its_copy_and_is_told()
    {
        using var bobs = new Listener(_bob, _tree);
        await bobs.HelloAsync();
        var tip = await WalkTests.CommitAsync(_objects, new() { ["shared.txt"] = "new" }, _start);
        await _ann.UploadAsync(_tree, _objects, tip, _start);
        await _ann.StageAsync(_tree, _start, tip);
        await _ann.PushAsync(_tree, _start, tip);
        var moved = await bobs.UntilAsync(e => e.BranchMoved is not null);
        Assert.Equal(("main", Person.Bytes(_start), Person.Bytes(tip), _ann.Slug), (moved.BranchMoved.Branch, moved.BranchMoved.OldHead, moved.BranchMoved.NewHead, moved.BranchMoved.By));
        Assert.Equal(["staged", "pushed"], bobs.Seen.Where(e => e.Staged is not null).Select(e => e.Staged.State));
        Assert.Empty((await _bob.Sync.ListStagedAsync(new ListStagedRequest { Tree = _tree }, _bob.Head)).Entries);
        Assert.Equal("pushed", Assert.Single((await _bob.Sync.ListStagedAsync(new ListStagedRequest { Tree = _tree, IncludeEnded = true }, _bob.Head)).Entries).State);
    }

    [Fact]
    public async Task Cleared_work_is_gone_for_everybody()
    {
        await StageAsync(_ann, new() { ["shared.txt"] = "draft" });
        Assert.Equal(0U, (await _bob.Sync.ClearStagedAsync(new ClearStagedRequest { Tree = _tree, CopyId = _ann.Copy, Branch = "main" }, _bob.Head)).Cleared);
        Assert.Equal(1U, (await _ann.Sync.ClearStagedAsync(new ClearStagedRequest { Tree = _tree, CopyId = _ann.Copy, Branch = "main" }, _ann.Head)).Cleared);
        Assert.Empty((await _bob.Sync.ListStagedAsync(new ListStagedRequest { Tree = _tree }, _bob.Head)).Entries);
    }

    [Fact]
    public async Task A_stream_that_comes_back_goes_on_or_is_told_that_it_lost_some()
    {
        using var first = new Listener(_bob, _tree);
        var hello = await first.HelloAsync();
        await StageAsync(_ann, new() { ["shared.txt"] = "draft" });
        using var resumed = new Listener(_bob, _tree, hello.Sequence);
        Assert.True((await resumed.HelloAsync()).Hello.Resumed);
        Assert.Equal(_ann.Slug, (await resumed.UntilAsync(e => e.Staged is not null)).Staged.Account);
        using var lost = new Listener(_bob, _tree, 1_000_000);
        Assert.False((await lost.HelloAsync()).Hello.Resumed);
        await lost.UntilAsync(e => e.Reset is not null);
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_revoked()
    {
        using var bobs = new Listener(_bob, _tree);
        await bobs.HelloAsync();
        await _bob.Identity.SignOutAsync(new SignOutRequest(), _bob.Head);
        var end = await Person.RefusedAsync(() => bobs.UntilAsync(_ => false));
        Assert.Equal(("token_revoked", StatusCode.Unauthenticated), (end.Code, end.Status));
    }

    [Fact]
    public async Task A_stream_ends_when_its_reader_is_let_go()
    {
        using var bobs = new Listener(_bob, _tree);
        await bobs.HelloAsync();
        await _ann.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = _ann.Slug, Account = _bob.Slug }, _ann.Head);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => bobs.UntilAsync(_ => false))).Code);
    }

    private async Task<StageReply> StageAsync(Person person, Dictionary<string, string> files, ulong sequence = 1)
    {
        var tip = await WalkTests.CommitAsync(_objects, files, _start);
        await person.UploadAsync(_tree, _objects, tip, _start);
        return await person.StageAsync(_tree, _start, tip, sequence);
    }

    private sealed class Listener(Person person, TreeRef tree, ulong since = 0) : IDisposable
    {
        private readonly CancellationTokenSource _patience = new(TestServer.Patience);
        private readonly AsyncServerStreamingCall<TreeEvent> _call = person.Events.Watch(new WatchRequest { Tree = tree, SinceSequence = since, CopyId = person.Copy }, person.Head);

        public List<TreeEvent> Seen { get; } = [];

        public Task<TreeEvent> HelloAsync() => UntilAsync(e => e.Hello is not null);

        public async Task<TreeEvent> UntilAsync(Func<TreeEvent, bool> found)
        {
            while (await _call.ResponseStream.MoveNext(_patience.Token))
            {
                Seen.Add(_call.ResponseStream.Current);
                if (found(Seen[^1]))
                {
                    return Seen[^1];
                }
            }

            throw new InvalidOperationException("The stream ended in order.");
        }

        public void Dispose()
        {
            _call.Dispose();
            _patience.Dispose();
        }
    }
}
