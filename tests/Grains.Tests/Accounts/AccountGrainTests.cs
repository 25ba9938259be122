using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.Tests.Cluster;

namespace W0rktree.Grains.Tests.Accounts;

public class AccountGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task Registering_makes_the_account_its_tenant_and_its_names()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");

        Assert.Equal(ann.Tenant, (await ann.CallAsync(_ => ann.AccountGrain.GetAsync(default))).Must().Memberships[0]);
        var owner = await cluster.AsNobodyAsync(() => Name(GrainKeys.Slug(ann.Slug)).ResolveAsync(default));
        Assert.Equal(new NameOwner { Account = ann.Account, Tenant = ann.Tenant }, owner);
    }

    [Fact]
    public async Task Registering_again_with_the_same_id_and_password_answers_the_same()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");

        Assert.Equal(ann.Slug, (await RegisterAsync(ann, "correct horse")).Must().Slug);
        Assert.Equal("invalid_argument", (await RegisterAsync(ann, "wrong horse")).Refusal!.Code);
    }

    [Fact]
    public async Task A_name_belongs_to_one_account_whoever_comes_at_the_same_time()
    {
        var (slug, people) = (Person.NewSlug("popular"), Enumerable.Range(0, 6).Select(i => Person.New(cluster, $"p{i}")).ToArray());

        var outcomes = await Task.WhenAll(people.Select(p => Task.Run(() =>
            cluster.AsNobodyAsync(() => p.AccountGrain.RegisterAsync(p.Registration("correct horse") with { Slug = slug }, default)))));

        Assert.Single(outcomes, o => o.Value is not null);
    }

    [Fact]
    public async Task An_address_that_is_taken_gives_the_name_back()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), Person.New(cluster, "bob"));
        var taken = bob.Registration("correct horse") with { Email = $"{ann.Slug}@example.org" };

        Assert.NotNull((await cluster.AsNobodyAsync(() => bob.AccountGrain.RegisterAsync(taken, default))).Refusal);

        var heir = Person.New(cluster, "heir");
        (await cluster.AsNobodyAsync(() => heir.AccountGrain.RegisterAsync(heir.Registration("correct horse") with { Slug = bob.Slug }, default))).Must();
    }

    [Fact]
    public async Task A_crash_between_the_names_and_the_account_is_healed_by_repeating()
    {
        var ann = Person.New(cluster, "ann");
        cluster.Storage.FailNext["account"] = false;

        await Assert.ThrowsAnyAsync<OrleansException>(() => RegisterAsync(ann, "correct horse"));

        (await RegisterAsync(ann, "correct horse")).Must();
        await ann.SignInAsync("correct horse");
    }

    [Fact]
    public async Task A_wrong_password_makes_no_token()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");

        Assert.Equal("denied", (await ann.TrySignInAsync("wrong")).Refusal!.Code);
    }

    [Fact]
    public async Task An_unknown_account_answers_like_a_wrong_password()
    {
        var (ann, nobody) = (await Person.RegisterAsync(cluster, "ann"), Person.New(cluster, "nobody"));

        Assert.Equal((await ann.TrySignInAsync("wrong")).Refusal, (await nobody.TrySignInAsync("wrong")).Refusal);
    }

    [Fact]
    public async Task After_ten_wrong_passwords_even_the_right_one_waits()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        for (var i = 0; i < SignInLimit.MaxFailures; i++)
        {
            await ann.TrySignInAsync($"guess {i}");
        }

        Assert.Equal("rate_limited", (await ann.TrySignInAsync("correct horse")).Refusal!.Code);
        cluster.Clock.Advance(SignInLimit.Window);
        await ann.SignInAsync("correct horse");
    }

    [Fact]
    public async Task A_token_works_until_it_is_revoked_and_its_tickets_with_it()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var ticket = ann.Ticket;
        Assert.NotNull((await UseAsync(ann.Token)).Value);

        (await ann.CallAsync(_ => ann.AccountGrain.RevokeTokenAsync(ann.Token.PublicId, default))).Must();

        Assert.Equal(Refusals.TokenRevoked, (await UseAsync(ann.Token)).Refusal);
        Assert.Equal(Refusals.SignedOut, await GrainCluster.RefusedAsync(() => cluster.WithAsync(ticket, () => ann.AccountGrain.GetAsync(default))));
    }

    [Fact]
    public async Task Revoking_a_token_wakes_its_open_streams()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var woken = new Waker();
        var reference = cluster.Grains.CreateObjectReference<Abstractions.Events.IWakeObserver>(woken);
        (await cluster.AsNobodyAsync(() => Token(ann.Token).WatchAsync(reference, default))).Must();

        (await ann.CallAsync(_ => ann.AccountGrain.RevokeTokenAsync(ann.Token.PublicId, default))).Must();

        await woken.Woken.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Revoking_all_ends_every_ticket_of_the_account_and_of_nobody_else()
    {
        var (ann, bob) = (await Person.RegisterAsync(cluster, "ann"), await Person.RegisterAsync(cluster, "bob"));
        var first = ann.Ticket;
        await ann.SignInAsync("correct horse");
        var second = ann.Ticket;

        (await ann.CallAsync(_ => ann.AccountGrain.RevokeAllTokensAsync(default))).Must();

        foreach (var ticket in new[] { first, second })
        {
            Assert.Equal(Refusals.SignedOut, await GrainCluster.RefusedAsync(() => cluster.WithAsync(ticket, () => ann.AccountGrain.GetAsync(default))));
        }

        (await bob.CallAsync(_ => bob.AccountGrain.GetAsync(default))).Must();
    }

    [Fact]
    public async Task A_token_that_was_never_made_is_signed_out_and_an_expired_one_is_revoked()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var hash = TokenHash.Of("wt_short");
        var request = ann.NewToken(hash) with { ExpiresAt = cluster.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), Kind = TokenKind.Token };
        (await ann.CallAsync(_ => ann.AccountGrain.IssueTokenAsync(request, default))).Must();
        Assert.NotNull((await UseAsync(hash)).Value);

        cluster.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Refusals.TokenRevoked, (await UseAsync(hash)).Refusal);
        Assert.Equal(Refusals.SignedOut, (await UseAsync(TokenHash.Of("wt_never"))).Refusal);
    }

    [Fact]
    public async Task A_token_cannot_make_a_stronger_one()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var weak = ann.NewToken(TokenHash.Of($"wt_{ann.Slug}")) with { Scopes = [Permission.SyncPull], Kind = TokenKind.Token };
        (await ann.CallAsync(_ => ann.AccountGrain.IssueTokenAsync(weak, default))).Must();
        var asWeak = ann.Ticket with { Token = weak.Hash, Scopes = weak.Scopes };

        var stronger = ann.NewToken(TokenHash.Of($"wt_x{ann.Slug}"));
        Assert.Equal("denied", (await cluster.WithAsync(asWeak, () => ann.AccountGrain.IssueTokenAsync(stronger, default))).Refusal!.Code);
    }

    [Fact]
    public async Task A_repeated_token_request_replaces_the_token_that_was_lost()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var (lost, found) = (TokenHash.Of($"lost {ann.Slug}"), TokenHash.Of($"found {ann.Slug}"));
        foreach (var hash in new[] { lost, found })
        {
            var request = ann.NewToken(hash) with { Kind = TokenKind.Token, RequestId = "the same" };
            (await ann.CallAsync(_ => ann.AccountGrain.IssueTokenAsync(request, default))).Must();
        }

        Assert.NotNull((await UseAsync(lost)).Refusal);
        Assert.NotNull((await UseAsync(found)).Value);
        Assert.Equal(2, (await ann.CallAsync(_ => ann.AccountGrain.ListTokensAsync(default))).Must().Tokens.Length);
    }

    [Fact]
    public async Task An_organisation_is_made_once_and_owned_by_its_maker()
    {
        var ann = await Person.RegisterAsync(cluster, "ann");
        var request = new CreateOrganization { Tenant = new TenantId(Person.Random128()), Slug = Person.NewSlug("org"), Email = "org@example.org" };

        (await ann.CallAsync(_ => ann.AccountGrain.CreateOrganizationAsync(request, default))).Must();
        (await ann.CallAsync(_ => ann.AccountGrain.CreateOrganizationAsync(request, default))).Must();

        var view = await ann.CallAsync(g => g.GetGrain<Abstractions.Tenants.ITenantGrain>(GrainKeys.Tenant(request.Tenant)).GetAsync(default));
        Assert.Equal(Role.Owner, view.Must().Role);
    }

    private Task<Reply<AccountView>> RegisterAsync(Person person, string password) =>
        cluster.AsNobodyAsync(() => person.AccountGrain.RegisterAsync(person.Registration(password), default));

    private ITokenGrain Token(TokenHash hash) => cluster.Grains.GetGrain<ITokenGrain>(GrainKeys.Token(hash));

    private Task<Reply<TokenStanding>> UseAsync(TokenHash hash) => cluster.AsNobodyAsync(() => Token(hash).UseAsync(default));

    private INameGrain Name(string key) => cluster.Grains.GetGrain<INameGrain>(key);

    private sealed class Waker : Abstractions.Events.IWakeObserver
    {
        public TaskCompletionSource Woken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task OnWakeAsync(long latest, CancellationToken cancellationToken)
        {
            Woken.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
