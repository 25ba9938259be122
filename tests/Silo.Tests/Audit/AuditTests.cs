using Microsoft.Extensions.DependencyInjection;
using W0rktree.Core.Audit;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>What the audit tells of requests, seen from outside.</summary>
public sealed class AuditTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_push_a_refusal_and_a_release_have_one_record_each_when_the_answer_comes()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        await ann.AddMemberAsync(bob, "viewer");
        var tree = await ann.CreateWorktreeAsync("shop");
        var objects = new MemoryObjects();
        var head = await objects.AddAsync(await objects.TreeAsync(new Dictionary<string, string> { ["a.txt"] = "one" }));
        await ann.UploadAsync(tree, objects, head);
        var before = await ReadAsync(ann);
        await ann.PushAsync(tree, default, head);
        var push = Assert.Single((await ReadAsync(ann)).Skip(before.Count));
        Assert.Equal((AuditKind.Change, "sync.push", "sync:push", "ok", ann.Account.Id), (push.Kind, push.Action, push.Permission, push.Outcome, push.Actor));
        Assert.Contains($"to={head}", push.Details, StringComparison.Ordinal);
        Assert.Contains(tree.TreeId, push.Resource, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", push.Address);

        Assert.Equal("denied", (await Person.RefusedAsync(() => bob.PushAsync(tree, head, head, "other"))).Code);
        var refusal = Assert.Single((await ReadAsync(ann)).Skip(before.Count + 1));
        Assert.Equal((AuditKind.Refusal, "sync.push", "sync:push", "denied", bob.Account.Id), (refusal.Kind, refusal.Action, refusal.Permission, refusal.Outcome, refusal.Actor));
        Assert.NotEmpty(refusal.Because);

        await bob.DownloadAsync(tree, new MemoryObjects(), [head]);
        var release = Assert.Single((await ReadAsync(ann)).Skip(before.Count + 2));
        Assert.Equal((AuditKind.Release, "sync.download", bob.Account.Id), (release.Kind, release.Action, release.Actor));
        Assert.Contains($"want={head}", release.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_and_a_refusal_through_REST_have_one_record_each_when_the_answer_comes()
    {
        var (ann, eve) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await ann.CreateWorktreeAsync("shop");
        var objects = new MemoryObjects();
        var head = await objects.AddAsync(await objects.TreeAsync(new Dictionary<string, string> { ["a.txt"] = "one" }));
        await ann.UploadAsync(tree, objects, head);
        await ann.PushAsync(tree, default, head);
        var before = await ReadAsync(ann);
        using var annRest = new RestClient(server.Address, ann.Token);
        Assert.Equal("one", (await annRest.GetAsync($"worktrees/{ann.Slug}/shop/content?path=a.txt")).Text);
        var release = Assert.Single((await ReadAsync(ann)).Skip(before.Count));
        Assert.Equal((AuditKind.Release, "rest.read-content", "ok", ann.Account.Id), (release.Kind, release.Action, release.Outcome, release.Actor));
        Assert.Contains("path=a.txt", release.Details, StringComparison.Ordinal);

        using var eveRest = new RestClient(server.Address, eve.Token);
        Assert.Equal("not_found", (await eveRest.GetAsync($"worktrees/{ann.Slug}/shop/content?path=a.txt")).Code);
        var refusal = Assert.Single((await ReadAsync(ann)).Skip(before.Count + 1));
        Assert.Equal((AuditKind.Refusal, "rest.read-content", "not_found", eve.Account.Id), (refusal.Kind, refusal.Action, refusal.Outcome, refusal.Actor));
    }

    [Fact]
    public async Task Whoever_changes_members_tokens_and_worktrees_is_told_of_once()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        Assert.Equal(["identity.register"], (await ReadAsync(ann)).Select(e => e.Action));
        await ann.AddMemberAsync(bob, "admin");
        _ = await ann.CreateWorktreeAsync("w");
        var made = await ann.Identity.CreateTokenAsync(new CreateTokenRequest { Name = "ci", Scopes = { "*" }, RequestId = Person.Id() }, ann.Head);
        _ = await ann.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = made.Info.Id }, ann.Head);
        var records = await ReadAsync(bob, ann.Slug);
        Assert.Equal(["identity.register", "identity.set-member", "worktrees.create-worktree", "identity.create-token", "identity.revoke-token"], records.Select(e => e.Action));
        Assert.All(records, e => Assert.Equal(AuditKind.Change, e.Kind));
        Assert.Contains($"account={bob.Account.Id} role=admin", records[1].Details, StringComparison.Ordinal);
        Assert.DoesNotContain(records, e => e.Details.Contains(made.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_told_of_with_its_account()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var made = await ann.Identity.CreateTokenAsync(new CreateTokenRequest { Name = "ci", Scopes = { "*" }, RequestId = Person.Id() }, ann.Head);
        _ = await ann.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = made.Info.Id }, ann.Head);
        var thief = ann.With(made.Token);
        _ = await Person.RefusedAsync(async () => await thief.Identity.WhoAmIAsync(new WhoAmIRequest(), thief.Head));
        var record = (await ReadAsync(ann))[^1];
        Assert.Equal((AuditKind.Refusal, "identity.who-am-i", "token_revoked", ann.Account.Id, made.Info.Id), (record.Kind, record.Action, record.Outcome, record.Actor, record.Token));
    }

    [Fact]
    public async Task Reads_of_metadata_are_counted_together()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var tree = await ann.CreateWorktreeAsync("w");
        await server.Services.GetRequiredService<RequestTally>().FlushAsync();
        var before = await ReadAsync(ann);
        for (var i = 0; i < 5; i++)
        {
            _ = await ann.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = tree }, ann.Head);
        }

        Assert.Equal(before.Count, (await ReadAsync(ann)).Count);
        await server.Services.GetRequiredService<RequestTally>().FlushAsync();
        var counted = (await ReadAsync(ann)).Skip(before.Count).Single(e => e.Action == "worktrees.list-branches");
        Assert.Equal((AuditKind.Reads, 5L), (counted.Kind, counted.Count));
    }

    [Fact]
    public async Task Refusals_of_nobody_are_told_of_once_a_minute_for_each_action_and_counted_and_wrong_passwords_one_by_one()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        var (log, tally) = (server.Services.GetRequiredService<IAuditLog>(), server.Services.GetRequiredService<RequestTally>());
        await tally.FlushAsync();
        var before = (await log.HeadAsync(default, default)).To.Count;
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("signed_out", (await Person.RefusedAsync(async () => await ann.Identity.ListMembersAsync(new ListMembersRequest { Tenant = ann.Slug }))).Code);
        }

        await tally.FlushAsync();
        var told = (await NewAsync()).Where(e => e.Action == "identity.list-members").ToList();
        Assert.InRange(told.Count, 2, 6); // Minutes end when they will.
        Assert.InRange((await ReadAsync(ann)).Count(e => e.Action == "identity.list-members"), 1, 3);
        Assert.Equal(50, told.Sum(e => e.Count));
        Assert.All(told, e => Assert.Equal((AuditKind.Refusal, AuditActor.Anonymous, "signed_out", "127.0.0.1"), (e.Kind, e.ActorKind, e.Outcome, e.Address)));

        for (var i = 0; i < 2; i++)
        {
            _ = await Person.RefusedAsync(async () => await ann.Identity.SignInAsync(new SignInRequest { SlugOrEmail = ann.Slug, Password = "not the password" }));
        }

        Assert.Equal(2, (await NewAsync()).Count(e => e.Action == "identity.sign-in"));

        async Task<List<AuditEntry>> NewAsync() =>
            [.. (await log.ReadAsync(default, before + 1, 1_000, default)).Select(bytes => AuditCodec.TryDecode(bytes.AsSpan())!.Entry)];
    }

    [Fact]
    public async Task The_audit_of_a_stranger_tells_no_more_than_the_answer_did()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await ann.CreateWorktreeAsync("secret");
        var nowhere = new TreeRef { TenantId = Person.Id(), WorktreeId = Person.Id(), TreeId = Person.Id() };
        var known = (await ReadAsync(bob)).Count;
        foreach (var asked in new[] { tree, nowhere })
        {
            _ = await Person.RefusedAsync(async () => await bob.Worktrees.ListBranchesAsync(new ListBranchesRequest { Tree = asked }, bob.Head));
            _ = await Person.RefusedAsync(async () => await bob.Identity.ListMembersAsync(new ListMembersRequest { Tenant = asked.Equals(tree) ? ann.Slug : "p" + Person.Id()[..12] }, bob.Head));
        }

        var told = (await ReadAsync(bob)).Skip(known).ToList();
        Assert.Equal(4, told.Count);
        Assert.Equal(Without(told[0]), Without(told[2]));
        Assert.Equal(Without(told[1]), Without(told[3]));
        Assert.Contains(await ReadAsync(ann), e => e.Kind == AuditKind.Refusal && e.Actor == bob.Account.Id && e.Action == "worktrees.list-branches");

        static AuditEntry Without(AuditEntry entry) => entry with { Request = "", Resource = "", Details = "" };
    }

    [Fact]
    public async Task Only_who_administers_the_tenant_reads_its_audit()
    {
        var (ann, bob, eve) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        await ann.AddMemberAsync(bob, "maintainer");
        Assert.Equal("denied", (await Person.RefusedAsync(() => ReadAsync(bob, ann.Slug))).Code);
        Assert.Equal("not_found", (await Person.RefusedAsync(() => ReadAsync(eve, ann.Slug))).Code);
    }

    /// <summary>Reads a whole chain and follows it as a client does.</summary>
    private async Task<List<AuditEntry>> ReadAsync(Person who, string? tenant = null)
    {
        var audit = new W0rktree.Protocol.Grpc.Audit.AuditClient(server.Channel);
        var ends = await audit.EndsAsync(new AuditEndsRequest { Tenant = tenant ?? who.Slug }, who.Head);
        Assert.True(ends.Authentic);
        var chain = new AuditChain(TenantId.Parse(ends.TenantId), default);
        var entries = new List<AuditEntry>();
        while (chain.Mark.Count < (long)ends.Count)
        {
            var page = await audit.ReadAsync(new AuditReadRequest { Tenant = tenant ?? who.Slug, From = (ulong)chain.Mark.Count + 1 }, who.Head);
            foreach (var record in page.Records.TakeWhile(_ => chain.Mark.Count < (long)ends.Count))
            {
                Assert.Null(chain.Follow(record.Span));
                entries.Add(AuditCodec.TryDecode(record.Span)!.Entry);
            }
        }

        Assert.Null(chain.End(new AuditMark((long)ends.Count, ContentHash.FromBytes(ends.Hash.Span))));
        return entries;
    }
}
