using Google.Protobuf;
using Grpc.Core;
using W0rktree.Core.Identity;
using W0rktree.EndToEnd.Tests.World;
using W0rktree.Protocol.Grpc;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests.Wire;

/// <summary>An agent that claims all rights gets the answers that any other gets: the server believes nothing it says of itself.</summary>
public sealed class PatchedAgentTests : IAsyncLifetime
{
    private readonly Scene _scene = Scene.Empty();
    private readonly MemoryObjects _objects = new();
    private RawClient _ada = null!;
    private TreeRef _tree = null!;
    private SnapshotId _head;

    public async Task InitializeAsync()
    {
        await _scene.Server.StartAsync();
        _ada = await RawClient.RegisterAsync(_scene.Server.Url, "ada");
        await _ada.Identity.CreateOrganizationAsync(new CreateOrganizationRequest { Slug = "acme", Email = "it@acme.example", DisplayName = "Acme", RequestId = RawClient.NewId() }, _ada.Headers);
        var worktree = await _ada.Worktrees.CreateWorktreeAsync(
            new CreateWorktreeRequest { Owner = "acme", Name = "shop", WorktreeId = RawClient.NewId(), RootTreeId = Snapshots.Tree.ToString(), DefaultBranch = "main" }, _ada.Headers);
        _tree = worktree.Root;
        var root = await _objects.TreeAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["list.txt"] = "secret\n" });
        _head = await _objects.AddAsync(root);
        var session = await _ada.UploadAsync(_tree, _objects, _head);
        await _ada.Sync.PushAsync(new PushRequest { Tree = _tree, Branch = "main", NewHead = RawClient.Bytes(_head), Session = session, RequestId = RawClient.NewId() }, _ada.Headers);
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_stranger_gets_the_same_answer_for_what_exists_and_what_does_not()
    {
        using var eve = await RawClient.RegisterAsync(_scene.Server.Url, "eve");
        var nothing = new TreeRef { TenantId = RawClient.NewId(), WorktreeId = RawClient.NewId(), TreeId = RawClient.NewId() };
        var real = Calls(eve, _tree);
        var invented = Calls(eve, nothing);
        foreach (var name in real.Keys)
        {
            var answer = await RawClient.AnswerAsync(real[name]);
            Assert.True(answer is { Status: StatusCode.NotFound, Code: "not_found" }, $"{name}: {answer}");
            Assert.Equal((name, await RawClient.AnswerAsync(invented[name])), (name, answer));
        }
    }

    [Fact]
    public async Task A_viewer_who_claims_to_be_the_owner_can_read_and_nothing_more()
    {
        using var eve = await RawClient.RegisterAsync(_scene.Server.Url, "eve");
        await _ada.Identity.SetMemberAsync(new SetMemberRequest { Tenant = "acme", Account = "eve", Role = "viewer" }, _ada.Headers);
        Assert.Equal(Answer.Accepted, await RawClient.AnswerAsync(() => DownloadAsync(eve, _tree)));

        var calls = Calls(eve, _tree);
        foreach (var name in new[] { "OpenUpload", "Stage", "Push", "DeleteBranch", "SetMember", "RemoveMember" })
        {
            var answer = await RawClient.AnswerAsync(calls[name]);
            Assert.True(answer is { Status: StatusCode.PermissionDenied, Code: "denied" }, $"{name}: {answer}");
        }

        var head = (await _ada.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = _tree }, _ada.Headers)).Branches.Single().Head;
        Assert.Equal(RawClient.Bytes(_head), head);
    }

    [Fact]
    public async Task Who_lost_membership_while_away_comes_back_as_a_stranger()
    {
        using var eve = await RawClient.RegisterAsync(_scene.Server.Url, "eve");
        using var stranger = await RawClient.RegisterAsync(_scene.Server.Url, "stranger");
        await _ada.Identity.SetMemberAsync(new SetMemberRequest { Tenant = "acme", Account = "eve", Role = "admin" }, _ada.Headers);
        Assert.Equal(Answer.Accepted, await RawClient.AnswerAsync(() => DownloadAsync(eve, _tree)));
        await _ada.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = "acme", Account = "eve" }, _ada.Headers);

        var eves = Calls(eve, _tree);
        var strangers = Calls(stranger, _tree);
        foreach (var name in eves.Keys)
        {
            Assert.Equal((name, await RawClient.AnswerAsync(strangers[name])), (name, await RawClient.AnswerAsync(eves[name])));
        }
    }

    [Fact]
    public async Task A_revoked_token_and_an_invented_one_open_nothing()
    {
        using var eve = await RawClient.RegisterAsync(_scene.Server.Url, "eve");
        await _ada.Identity.SetMemberAsync(new SetMemberRequest { Tenant = "acme", Account = "eve", Role = "developer" }, _ada.Headers);
        var mine = (await eve.Identity.ListTokensAsync(new ListTokensRequest(), eve.Headers)).Tokens.Single(t => t.Current).Id;
        await eve.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = mine }, eve.Headers);
        foreach (var (name, call) in Calls(eve, _tree))
        {
            var answer = await RawClient.AnswerAsync(call);
            Assert.True(answer is { Status: StatusCode.Unauthenticated, Code: "token_revoked" or "signed_out" }, $"{name}: {answer}");
        }

        foreach (var invented in new[] { $"Bearer wt_{new string('A', 43)}", "Bearer ", "Basic YTpi", "wt_" })
        {
            eve.Headers.Clear();
            eve.Headers.Add("authorization", invented);
            Assert.Equal(StatusCode.Unauthenticated, (await RawClient.AnswerAsync(() => DownloadAsync(eve, _tree))).Status);
        }
    }

    [Fact]
    public async Task A_snapshot_whose_content_did_not_come_along_cannot_be_pushed()
    {
        var root = await _objects.TreeAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["list.txt"] = "never sent\n" });
        var next = await _objects.AddAsync(root, parents: _head);
        var withheld = new MemoryObjects();
        foreach (var id in _objects.Ids.Where(id => id != ContentHash.OfContent("never sent\n"u8)))
        {
            var stored = (await _objects.TryReadAsync(id, CancellationToken.None))!;
            await withheld.WriteAsync(stored.Kind, id, stored.Bytes, CancellationToken.None);
        }

        Assert.NotEqual(Answer.Accepted, await RawClient.AnswerAsync(() => _ada.UploadAsync(_tree, withheld, next)));
        Assert.NotEqual(Answer.Accepted, await RawClient.AnswerAsync(async () => await _ada.Sync.PushAsync(
            new PushRequest { Tree = _tree, Branch = "main", ExpectedHead = RawClient.Bytes(_head), NewHead = RawClient.Bytes(next), RequestId = RawClient.NewId() }, _ada.Headers)));
    }

    [Fact]
    public async Task Content_of_another_tree_cannot_be_fetched_by_knowing_its_id()
    {
        using var eve = await RawClient.RegisterAsync(_scene.Server.Url, "eve");
        var own = (await eve.Worktrees.CreateWorktreeAsync(
            new CreateWorktreeRequest { Owner = "eve", Name = "mine", WorktreeId = RawClient.NewId(), RootTreeId = RawClient.NewId(), DefaultBranch = "main" }, eve.Headers)).Root;
        Assert.Empty((await eve.Sync.NegotiateAsync(new NegotiateRequest { Tree = own, Snapshots = { RawClient.Bytes(_head) } }, eve.Headers)).Known);
        Assert.NotEqual(Answer.Accepted, await RawClient.AnswerAsync(() => DownloadAsync(eve, own)));
        Assert.NotEqual(Answer.Accepted, await RawClient.AnswerAsync(async () => await eve.Sync.PushAsync(
            new PushRequest { Tree = own, Branch = "main", NewHead = RawClient.Bytes(_head), RequestId = RawClient.NewId() }, eve.Headers)));

        // A reference that mixes her own tenant with somebody else's tree names nothing.
        var mixed = new TreeRef { TenantId = own.TenantId, WorktreeId = own.WorktreeId, TreeId = _tree.TreeId };
        Assert.NotEqual(Answer.Accepted, await RawClient.AnswerAsync(() => DownloadAsync(eve, mixed)));
        mixed = new TreeRef { TenantId = own.TenantId, WorktreeId = _tree.WorktreeId, TreeId = _tree.TreeId };
        Assert.NotEqual(Answer.Accepted, await RawClient.AnswerAsync(() => DownloadAsync(eve, mixed)));
    }

    /// <summary>Every call that names a tree or tenant, with the fields forged that say who works.</summary>
    private SortedDictionary<string, Func<Task>> Calls(RawClient caller, TreeRef tree)
    {
        var head = RawClient.Bytes(_head);
        var copy = RawClient.NewId();
        var session = ByteString.CopyFrom(new byte[16]);
        var team = tree.Equals(_tree) ? "acme" : "nobody-has-this";
        var headers = caller.Headers;
        return new SortedDictionary<string, Func<Task>>(StringComparer.Ordinal)
        {
            ["GetWorktree"] = async () => await caller.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = team, Name = "shop" }, headers),
            ["ListBranches"] = async () => await caller.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, headers),
            ["DeleteBranch"] = async () => await caller.Worktrees.DeleteBranchAsync(new DeleteBranchRequest { Tree = tree, Name = "main", ExpectedHead = head }, headers),
            ["Negotiate"] = async () => await caller.Sync.NegotiateAsync(new NegotiateRequest { Tree = tree, Snapshots = { head } }, headers),
            ["OpenUpload"] = async () => await caller.Sync.OpenUploadAsync(new OpenUploadRequest { Tree = tree, Session = session, Tip = head, ObjectCount = 1 }, headers),
            ["Stage"] = async () => await caller.Sync.StageAsync(new StageRequest { Tree = tree, Snapshot = head, Branch = "main", CopyId = copy, Sequence = 1 }, headers),
            ["ListStaged"] = async () => await caller.Sync.ListStagedAsync(new ListStagedRequest { Tree = tree }, headers),
            ["ClearStaged"] = async () => await caller.Sync.ClearStagedAsync(new ClearStagedRequest { Tree = tree, CopyId = copy, Branch = "main" }, headers),
            ["Push"] = async () => await caller.Sync.PushAsync(new PushRequest { Tree = tree, Branch = "main", ExpectedHead = head, NewHead = head, RequestId = RawClient.NewId(), CopyId = copy }, headers),
            ["Download"] = () => DownloadAsync(caller, tree),
            ["Watch"] = () => WatchAsync(caller, tree),
            ["ListMembers"] = async () => await caller.Identity.ListMembersAsync(new ListMembersRequest { Tenant = team }, headers),
            ["SetMember"] = async () => await caller.Identity.SetMemberAsync(new SetMemberRequest { Tenant = team, Account = "eve", Role = "owner" }, headers),
            ["RemoveMember"] = async () => await caller.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = team, Account = "ada" }, headers),
            ["CreateWorktree"] = async () => await caller.Worktrees.CreateWorktreeAsync(new CreateWorktreeRequest { Owner = team, Name = "trojan", WorktreeId = RawClient.NewId(), RootTreeId = RawClient.NewId(), DefaultBranch = "main" }, headers),
        };
    }

    private async Task DownloadAsync(RawClient caller, TreeRef tree)
    {
        using var call = caller.Sync.Download(new DownloadRequest { Tree = tree, Want = { RawClient.Bytes(_head) } }, caller.Headers);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }

    private static async Task WatchAsync(RawClient caller, TreeRef tree)
    {
        using var call = caller.Events.Watch(new WatchRequest { Tree = tree, CopyId = RawClient.NewId() }, caller.Headers);
        await call.ResponseStream.MoveNext(CancellationToken.None); // The first answer says whether one may.
    }
}
