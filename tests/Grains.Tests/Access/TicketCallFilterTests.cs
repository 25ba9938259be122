using W0rktree.Grains.Abstractions.Tenants;
using W0rktree.Grains.Tests.Cluster;

namespace W0rktree.Grains.Tests.Access;

public class TicketCallFilterTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    private ICarelessGrain Careless => cluster.Grains.GetGrain<ICarelessGrain>("x");

    [Fact]
    public async Task A_call_without_a_ticket_is_turned_away()
    {
        var refusal = await GrainCluster.RefusedAsync(() => GrainCluster.WithTextAsync(null, () => Careless.OpenAsync(default)));

        Assert.Equal(Refusals.SignedOut, refusal);
    }

    [Fact]
    public async Task A_ticket_signed_with_a_foreign_key_is_turned_away()
    {
        var forged = TicketCodec.Write((await Person.RegisterAsync(cluster, "ann")).Ticket, new TicketKeyRing(TicketKey.Draw()));

        Assert.Equal(Refusals.SignedOut, await GrainCluster.RefusedAsync(() => GrainCluster.WithTextAsync(forged, () => Careless.OpenAsync(default))));
    }

    [Fact]
    public async Task A_ticket_past_its_time_is_turned_away()
    {
        var then = cluster.Clock.GetUtcNow() - CallerTicket.MaxLife - TimeSpan.FromSeconds(1);
        var old = TicketCodec.Write(cluster.Mint.Anonymous("r") with { IssuedAt = then, ExpiresAt = then + CallerTicket.MaxLife }, cluster.Keys);

        Assert.Equal(Refusals.SignedOut, await GrainCluster.RefusedAsync(() => GrainCluster.WithTextAsync(old, () => Careless.OpenAsync(default))));
    }

    [Fact]
    public async Task A_method_without_a_requirement_is_closed_to_everybody()
    {
        var owner = await Person.RegisterAsync(cluster, "ann");
        var system = cluster.Mint.Fresh("r") with { Kind = PrincipalKind.System, SystemName = "test" };

        foreach (var ticket in new[] { owner.Ticket, system, cluster.Mint.Anonymous("r") })
        {
            Assert.Equal("denied", (await GrainCluster.RefusedAsync(() => cluster.WithAsync(ticket, () => Careless.ForgottenAsync(default)))).Code);
        }
    }

    [Fact]
    public async Task A_permission_on_a_grain_that_cannot_decide_is_denied()
    {
        var owner = await Person.RegisterAsync(cluster, "ann");

        await GrainCluster.RefusedAsync(() => owner.CallAsync(_ => Careless.UndecidedAsync(default)));
        await GrainCluster.RefusedAsync(() => owner.CallAsync(_ => Careless.EmptyAsync(default)));
    }

    [Fact]
    public async Task What_is_for_the_server_alone_is_hidden_from_accounts()
    {
        var owner = await Person.RegisterAsync(cluster, "ann");

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => owner.CallAsync(_ => Careless.InternalAsync(default))));
        Assert.Equal("ran", await cluster.Mint.AsSystemAsync("test", () => Careless.InternalAsync(default)));
    }

    [Fact]
    public async Task Nobody_reaches_the_grain_of_another_account()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));

        Assert.Equal(Refusals.NotFound, await GrainCluster.RefusedAsync(() => bob.CallAsync(_ => ann.AccountGrain.GetAsync(default))));
        Assert.Equal(ann.Slug, (await ann.CallAsync(_ => ann.AccountGrain.GetAsync(default))).Must().Slug);
    }

    [Fact]
    public async Task A_foreign_tenant_answers_like_one_that_does_not_exist()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));
        Task<Refusal> Look(TenantId tenant) =>
            GrainCluster.RefusedAsync(() => bob.CallAsync(g => g.GetGrain<ITenantGrain>(GrainKeys.Tenant(tenant)).GetAsync(default)));

        Assert.Equal(await Look(new TenantId(Person.Random128())), await Look(ann.Tenant));
    }

    [Fact]
    public async Task A_token_of_little_scope_does_no_more_than_that()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var tree = await ann.CreateWorktreeAsync();
        Task<BranchPageOrRefusal> With(params string[] scopes) => BranchPageOrRefusal.OfAsync(() =>
            cluster.WithAsync(ann.Ticket with { Scopes = [.. scopes] }, () => ListAsync(tree)));

        Assert.Null((await With(Permission.BranchRead)).Refusal);
        Assert.Equal("denied", (await With(Permission.SyncPull, Permission.TreeRead)).Refusal?.Code);
        Assert.Equal("denied", (await With()).Refusal?.Code);
    }

    [Fact]
    public async Task A_token_of_little_scope_does_not_tell_what_exists()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));
        var tree = await ann.CreateWorktreeAsync();

        var refusal = await GrainCluster.RefusedAsync(() => cluster.WithAsync(bob.Ticket with { Scopes = [] }, () => ListAsync(tree)));

        Assert.Equal(Refusals.NotFound, refusal);
    }

    private Task<Reply<Abstractions.Trees.BranchPage>> ListAsync(TreeAddress tree) =>
        cluster.Grains.GetGrain<Abstractions.Trees.ITreeGrain>(GrainKeys.Tree(tree)).ListBranchesAsync("", default);

    private sealed record BranchPageOrRefusal(Refusal? Refusal)
    {
        public static async Task<BranchPageOrRefusal> OfAsync(Func<Task<Reply<Abstractions.Trees.BranchPage>>> call)
        {
            try
            {
                return new((await call()).Refusal);
            }
            catch (AccessDeniedException denied)
            {
                return new(denied.Refusal);
            }
        }
    }
}
