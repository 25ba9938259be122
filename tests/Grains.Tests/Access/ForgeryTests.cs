using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Branches;
using W0rktree.Grains.Abstractions.Staging;
using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Abstractions.Trees;
using W0rktree.Grains.Abstractions.Worktrees;
using W0rktree.Grains.Tests.Cluster;

namespace W0rktree.Grains.Tests.Access;

/// <summary>What somebody inside a call could make up: tickets, request contexts, keys, and calls through another grain.</summary>
public class ForgeryTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task Every_changed_character_of_a_ticket_is_noticed()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var ticket = TicketCodec.Write(ann.Ticket, cluster.Keys);
        for (var i = 0; i < ticket.Length; i++)
        {
            var forged = ticket[..i] + (ticket[i] == 'A' ? 'B' : 'A') + ticket[(i + 1)..];
            Assert.Null(TicketCodec.TryRead(forged, cluster.Keys, cluster.Clock.GetUtcNow()));
        }

        Assert.NotNull(TicketCodec.TryRead(ticket, cluster.Keys, cluster.Clock.GetUtcNow()));
        Assert.Null(TicketCodec.TryRead(ticket + "A", cluster.Keys, cluster.Clock.GetUtcNow()));
        Assert.Null(TicketCodec.TryRead(ticket[..^1], cluster.Keys, cluster.Clock.GetUtcNow()));
    }

    [Theory]
    [InlineData("a|b", "sync:pull", "r")]
    [InlineData("", "sync:pull|*", "r")]
    [InlineData("", "sync:pull,*", "r")]
    [InlineData("", "sync:pull", "r|3")]
    public void A_field_with_a_separator_cannot_become_another_field(string name, string scope, string request) =>
        Assert.Throws<ArgumentException>(() => TicketCodec.Write(
            cluster.Mint.Fresh(request) with { Kind = PrincipalKind.System, SystemName = name, Scopes = [scope] }, cluster.Keys));

    [Fact]
    public async Task A_ticket_that_was_shown_before_the_revocation_is_refused_after_it()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var replayed = TicketCodec.Write(ann.Ticket, cluster.Keys);
        Assert.Equal(ann.Slug, (await GrainCluster.WithTextAsync(replayed, () => ann.AccountGrain.GetAsync(default))).Must().Slug);
        (await ann.CallAsync(_ => ann.AccountGrain.RevokeAllTokensAsync(default))).Must();
        Assert.Equal(Refusals.SignedOut, await GrainCluster.RefusedAsync(() => GrainCluster.WithTextAsync(replayed, () => ann.AccountGrain.GetAsync(default))));
    }

    [Fact]
    public void A_ticket_that_was_verified_once_is_refused_when_its_key_is_gone_or_its_time_is_over()
    {
        var keys = new TicketKeyRing(TicketKey.Draw());
        var mint = new TicketMint(keys, cluster.Clock);
        mint.Present(mint.Anonymous("r"));
        Assert.Equal("r", mint.Current()!.RequestId);
        keys.Rotate(TicketKey.Draw());
        Assert.NotNull(mint.Current());
        keys.Rotate(TicketKey.Draw());
        Assert.Null(mint.Current());

        mint.Present(mint.Anonymous("s"));
        Assert.NotNull(mint.Current());
        var later = new TicketMint(keys, new LaterClock(cluster.Clock.GetUtcNow() + CallerTicket.MaxLife));
        Assert.Null(later.Current());
        var patient = new TicketMint(keys, new LaterClock(cluster.Clock.GetUtcNow()) { Step = CallerTicket.MaxLife });
        Assert.NotNull(patient.Current());
        Assert.Null(patient.Current());
    }

    [Fact]
    public async Task What_a_caller_puts_into_the_request_context_is_not_believed()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));
        var before = cluster.Storage.Told.Count;
        RequestContext.Set(AuditDraft.ContextKey, AuditDraft.For(ann.Ticket, "nothing") with { Chain = ann.Tenant });
        RequestContext.Set("wt.audit.write", Array.Empty<AuditDraft>());
        await bob.CreateWorktreeAsync();

        var told = cluster.Storage.Told.Skip(before).ToList();
        Assert.NotEmpty(told);
        Assert.All(told, draft => Assert.Equal((bob.Account.ToString(), bob.Tenant), (draft.Actor, draft.Chain)));
    }

    [Theory]
    [InlineData("{0}|")]
    [InlineData("{0}/")]
    [InlineData("{0}\0")]
    [InlineData("{0}0")]
    [InlineData(" {0}")]
    [InlineData("{0}+{0}")]
    public async Task A_key_with_more_in_it_than_ids_reaches_nothing(string form)
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var tree = await ann.CreateWorktreeAsync();
        string Key(string right) => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, right);
        foreach (var call in new Func<IGrainFactory, Task>[]
                 {
                     g => g.GetGrain<ITenantGrain>(Key(GrainKeys.Tenant(ann.Tenant))).GetAsync(default),
                     g => g.GetGrain<IWorktreeGrain>(Key(GrainKeys.Worktree(ann.Tenant, tree.Worktree))).GetAsync(default),
                     g => g.GetGrain<ITreeGrain>(Key(GrainKeys.Tree(tree))).MayFetchAsync(default),
                     g => g.GetGrain<IStagingAggregatorGrain>(Key(GrainKeys.Tree(tree))).ListAsync(new StagedQuery(), default),
                     g => g.GetGrain<IBranchGrain>(Key(GrainKeys.Branch(tree, BranchName.Main))).GetAsync(default),
                 })
        {
            Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => ann.CallAsync(async g =>
            {
                await call(g);
                return true;
            })));
        }
    }

    [Fact]
    public async Task No_grain_lends_its_own_right_to_who_calls_it()
    {
        var (ann, bob, eve) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"), await Person.RegisterAsync(cluster, "eve"));
        (await ann.SetMemberAsync(ann.Tenant, bob, Role.Viewer)).Must();

        // A worktree asks its tenant for a name, an account makes tenants, a tenant notes memberships in accounts: as the caller or not at all.
        foreach (var who in new[] { bob, eve })
        {
            var tree = new TreeAddress(ann.Tenant, new WorktreeId(Person.Random128()), new TreeId(Person.Random128()));
            await GrainCluster.RefusedAsync(() => who.CallAsync(g => g.GetGrain<IWorktreeGrain>(GrainKeys.Worktree(tree.Tenant, tree.Worktree))
                .CreateAsync(new CreateWorktree { Slug = "mine", RootTree = tree.Tree, DefaultBranch = BranchName.Main }, default)));
            await GrainCluster.RefusedAsync(() => who.SetMemberAsync(ann.Tenant, eve, Role.Viewer));
            Assert.Equal("already_exists", (await who.CallAsync(_ => who.AccountGrain.CreateOrganizationAsync(
                new CreateOrganization { Tenant = new TenantId(Person.Random128()), Slug = ann.Slug, Email = "x@example.org", DisplayName = "x" }, default))).Refusal!.Code);
        }

        // An organisation under the id of a tenant that is there does not become another's.
        var refused = await eve.CallAsync(_ => eve.AccountGrain.CreateOrganizationAsync(
            new CreateOrganization { Tenant = ann.Tenant, Slug = Person.NewSlug("o"), Email = "x@example.org", DisplayName = "x" }, default));
        Assert.NotNull(refused.Refusal);
        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => eve.CallAsync(g => g.GetGrain<ITenantGrain>(GrainKeys.Tenant(ann.Tenant)).GetAsync(default))));
    }

    /// <summary>Shows a time, and later ones each time it is looked at.</summary>
    private sealed class LaterClock(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _next = start;

        public TimeSpan Step { get; init; }

        public override DateTimeOffset GetUtcNow() => (_next += Step) - Step;
    }
}
