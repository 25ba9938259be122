using Grpc.Core;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests;

/// <summary>Who gets in, seen from outside.</summary>
public sealed class AccessTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Calls_without_a_known_token_are_signed_out()
    {
        var identity = new Identity.IdentityClient(server.Channel);
        var none = await Person.RefusedAsync(async () => await identity.WhoAmIAsync(new WhoAmIRequest()));
        var wrong = await Person.RefusedAsync(async () => await identity.WhoAmIAsync(new WhoAmIRequest(), new Metadata { { "authorization", "Bearer wt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } }));
        Assert.Equal(("signed_out", StatusCode.Unauthenticated), (none.Code, none.Status));
        Assert.Equal(none, wrong);
    }

    [Fact]
    public async Task A_repeated_registration_answers_the_same_account_with_a_new_token()
    {
        var identity = new Identity.IdentityClient(server.Channel);
        var request = Person.Registration("r" + Person.Id()[..10]);
        var (first, second) = (await identity.RegisterAsync(request), await identity.RegisterAsync(request));
        Assert.Equal(first.Account, second.Account);
        Assert.NotEqual(first.Token, second.Token);

        // The token whose text may have been lost on the way does not live on unseen.
        var lost = await Person.RefusedAsync(async () => await identity.WhoAmIAsync(new WhoAmIRequest(), new Metadata { { "authorization", $"Bearer {first.Token}" } }));
        Assert.Equal("token_revoked", lost.Code);
    }

    [Fact]
    public async Task A_name_belongs_to_one_account()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var again = Person.Registration(ann.Slug);
        again.Email = "other-" + again.Email;
        Assert.Equal("already_exists", (await Person.RefusedAsync(async () => await ann.Identity.RegisterAsync(again))).Code);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var wrong = await Person.RefusedAsync(async () => await ann.Identity.SignInAsync(new SignInRequest { SlugOrEmail = ann.Slug, Password = "not the password" }));
        var unknown = await Person.RefusedAsync(async () => await ann.Identity.SignInAsync(new SignInRequest { SlugOrEmail = "nobody-" + ann.Slug[..8], Password = "not the password" }));
        Assert.Equal(("denied", StatusCode.PermissionDenied), (wrong.Code, wrong.Status));
        Assert.Equal(wrong, unknown);
        var signedIn = await ann.Identity.SignInAsync(new SignInRequest { SlugOrEmail = $"{ann.Slug}@EXAMPLE.org", Password = Person.Password });
        Assert.Equal(ann.Account, signedIn.Account);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_from_the_next_call_on_and_others_go_on()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var made = await ann.Identity.CreateTokenAsync(new CreateTokenRequest { Name = "script", Scopes = { "*" }, RequestId = Person.Id() }, ann.Head);
        var script = ann.With(made.Token);
        Assert.Equal(made.Info.Id, (await script.Identity.WhoAmIAsync(new WhoAmIRequest(), script.Head)).TokenId);
        Assert.Equal(2, (await ann.Identity.ListTokensAsync(new ListTokensRequest(), ann.Head)).Tokens.Count);

        await ann.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = made.Info.Id }, ann.Head);
        var refused = await Person.RefusedAsync(async () => await script.Identity.WhoAmIAsync(new WhoAmIRequest(), script.Head));
        Assert.Equal(("token_revoked", StatusCode.Unauthenticated), (refused.Code, refused.Status));
        Assert.Single((await ann.Identity.ListTokensAsync(new ListTokensRequest(), ann.Head)).Tokens);

        await ann.Identity.SignOutAsync(new SignOutRequest(), ann.Head);
        Assert.Equal("token_revoked", (await Person.RefusedAsync(async () => await ann.Identity.WhoAmIAsync(new WhoAmIRequest(), ann.Head))).Code);
    }

    [Fact]
    public async Task A_token_does_no_more_than_it_was_made_for()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var tree = await ann.CreateWorktreeAsync("site");
        var made = await ann.Identity.CreateTokenAsync(new CreateTokenRequest { Name = "reader", Scopes = { "tree:read", "branch:read", "sync:pull" }, RequestId = Person.Id() }, ann.Head);
        var reader = ann.With(made.Token);
        Assert.Empty((await reader.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, reader.Head)).Branches);
        Assert.Equal("denied", (await Person.RefusedAsync(() => reader.OpenAsync(tree, new SnapshotId(ContentHash.OfContent("x"u8)), Person.Session(), 1))).Code);
        Assert.Equal("denied", (await Person.RefusedAsync(async () => await reader.Identity.CreateOrganizationAsync(new CreateOrganizationRequest { Slug = "o" + Person.Id()[..9], Email = "o@example.org", RequestId = Person.Id() }, reader.Head))).Code);
        var session = (await ann.Identity.WhoAmIAsync(new WhoAmIRequest(), ann.Head)).TokenId;
        Assert.Equal("denied", (await Person.RefusedAsync(async () => await reader.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = session }, reader.Head))).Code);
        var stronger = new CreateTokenRequest { Name = "more", Scopes = { "*" }, RequestId = Person.Id() };
        Assert.Equal("denied", (await Person.RefusedAsync(async () => await reader.Identity.CreateTokenAsync(stronger, reader.Head))).Code);
    }

    [Fact]
    public async Task A_token_that_was_made_without_reading_downloads_no_content_and_one_that_writes_may_send()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var tree = await ann.CreateWorktreeAsync("site");
        var objects = new MemoryObjects();
        var first = await WalkTests.CommitAsync(objects, new() { ["a"] = "one" });
        async Task<Person> WithAsync(params string[] scopes)
        {
            var request = new CreateTokenRequest { Name = "script", RequestId = Person.Id() };
            request.Scopes.AddRange(scopes);
            return ann.With((await ann.Identity.CreateTokenAsync(request, ann.Head)).Token);
        }

        var writer = await WithAsync("sync:push", "tree:write", "branch:create");
        await writer.UploadAsync(tree, objects, first);
        await writer.PushAsync(tree, default, first);

        var blind = await WithAsync("sync:pull", "branch:read", "snapshot:read");
        Assert.Equal("denied", (await Person.RefusedAsync(() => blind.DownloadAsync(tree, new MemoryObjects(), [first]))).Code);
        var reader = await WithAsync("sync:pull", "tree:read");
        var received = new MemoryObjects();
        await reader.DownloadAsync(tree, received, [first]);
        Assert.Equal("one", (await received.ListAsync((await received.Graph.ReadSnapshotAsync(first, default)).Root))["a"]);
    }

    [Fact]
    public async Task What_belongs_to_others_answers_exactly_like_what_does_not_exist()
    {
        var (ann, eve) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var theirs = await ann.CreateWorktreeAsync("secret");
        var nowhere = new TreeRef { TenantId = Person.Id(), WorktreeId = Person.Id(), TreeId = Person.Id() };
        var mine = new TreeRef { TenantId = eve.Account.TenantId, WorktreeId = Person.Id(), TreeId = Person.Id() };
        var tip = new SnapshotId(ContentHash.OfContent("x"u8));
        Func<TreeRef, Task>[] calls =
        [
            async tree => await eve.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, eve.Head),
            async tree => await eve.Worktrees.DeleteBranchAsync(new DeleteBranchRequest { Tree = tree, Name = "main", ExpectedHead = Person.Bytes(tip) }, eve.Head),
            async tree => await eve.Sync.NegotiateAsync(new NegotiateRequest { Tree = tree }, eve.Head),
            tree => eve.OpenAsync(tree, tip, Person.Session(), 1),
            tree => eve.SendAsync(tree, Person.Session(), 0, []),
            tree => eve.StageAsync(tree, default, tip),
            tree => eve.PushAsync(tree, default, tip),
            tree => eve.DownloadAsync(tree, new MemoryObjects(), [tip]),
            async tree => await eve.Sync.ListStagedAsync(new ListStagedRequest { Tree = tree }, eve.Head),
            async tree => await eve.Sync.ClearStagedAsync(new ClearStagedRequest { Tree = tree, CopyId = eve.Copy }, eve.Head),
            async tree => await eve.Events.Watch(new WatchRequest { Tree = tree }, eve.Head).ResponseStream.MoveNext(CancellationToken.None),
        ];
        foreach (var call in calls)
        {
            var answers = new[] { await Person.RefusedAsync(() => call(theirs)), await Person.RefusedAsync(() => call(nowhere)), await Person.RefusedAsync(() => call(mine)) };
            Assert.Equal(("not_found", StatusCode.NotFound), (answers[0].Code, answers[0].Status));
            Assert.Single(answers.Distinct());
        }

        var foreign = await Person.RefusedAsync(async () => await eve.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = ann.Slug, Name = "secret" }, eve.Head));
        var absent = await Person.RefusedAsync(async () => await eve.Worktrees.GetWorktreeAsync(new GetWorktreeRequest { Owner = "no-such", Name = "secret" }, eve.Head));
        Assert.Equal(("not_found", foreign), (foreign.Code, absent));
        Assert.Equal("not_found", (await Person.RefusedAsync(() => eve.CreateWorktreeAsync("mine", owner: ann.Slug))).Code);
        Assert.Equal("not_found", (await Person.RefusedAsync(async () => await eve.Identity.ListMembersAsync(new ListMembersRequest { Tenant = ann.Slug }, eve.Head))).Code);

        // Nothing was made on the way: a vault folder for a tree that never was would fill the disk by guessing.
        Assert.False(Directory.Exists(Path.Combine(server.Folder, "vault", nowhere.TenantId)));
    }

    [Fact]
    public async Task A_viewer_reads_and_does_not_write_and_one_let_go_sees_nothing()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await ann.CreateWorktreeAsync("site");
        await ann.AddMemberAsync(bob, "viewer");
        Assert.Empty((await bob.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, bob.Head)).Branches);
        Assert.Equal("denied", (await Person.RefusedAsync(() => bob.PushAsync(tree, default, new SnapshotId(ContentHash.OfContent("x"u8))))).Code);
        Assert.Equal("denied", (await Person.RefusedAsync(() => bob.SetMemberAsync(ann.Slug, bob.Slug, "owner"))).Code);
        Assert.Equal(["viewer", "owner"], (await ann.Identity.ListMembersAsync(new ListMembersRequest { Tenant = ann.Slug }, ann.Head)).Members.OrderByDescending(m => m.Role).Select(m => m.Role));

        await ann.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = ann.Slug, Account = bob.Slug }, ann.Head);
        Assert.Equal("not_found", (await Person.RefusedAsync(async () => await bob.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, bob.Head))).Code);
    }

    [Fact]
    public async Task An_organisation_owns_worktrees_and_has_members()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var request = new CreateOrganizationRequest { Slug = "o" + Person.Id()[..10], Email = "team@example.org", RequestId = Person.Id() };
        var made = await ann.Identity.CreateOrganizationAsync(request, ann.Head);
        Assert.Equal(made, await ann.Identity.CreateOrganizationAsync(request, ann.Head));
        await ann.CreateWorktreeAsync("site", owner: request.Slug);
        await ann.SetMemberAsync(request.Slug, bob.Slug, "developer");
        var found = Assert.Single((await bob.Worktrees.ListWorktreesAsync(new ListWorktreesRequest { Owner = request.Slug }, bob.Head)).Worktrees);
        Assert.Equal((request.Slug, "site"), (found.Owner, found.Name));
        Assert.Contains((await bob.Identity.WhoAmIAsync(new WhoAmIRequest(), bob.Head)).Memberships, m => (m.TenantSlug, m.TenantType, m.Role) == (request.Slug, "organization", "developer"));
    }

    [Fact]
    public async Task A_worktree_is_created_once_however_often_it_is_asked_for()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var request = new CreateWorktreeRequest { Owner = ann.Slug, Name = "site", WorktreeId = Person.Id(), RootTreeId = Person.Id(), DefaultBranch = "main" };
        var made = await ann.Worktrees.CreateWorktreeAsync(request, ann.Head);
        Assert.Equal(made, await ann.Worktrees.CreateWorktreeAsync(request, ann.Head));
        request.WorktreeId = Person.Id();
        Assert.Equal("already_exists", (await Person.RefusedAsync(async () => await ann.Worktrees.CreateWorktreeAsync(request, ann.Head))).Code);
    }
}
