using System.Net;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Grains.Accounts;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>A server that takes whom somebody invited, and that one account runs.</summary>
public sealed class InvitedServer : TestServer
{
    public const string Operator = "the-operator";

    protected override void Replace(IServiceCollection services) =>
        services.AddSingleton(new RegistrationOptions { Mode = RegistrationMode.Invited, Operators = new HashSet<string> { Operator } });
}

/// <summary>How people and machines come in, and how they are kept from working.</summary>
public sealed class JoiningTests(InvitedServer server) : IClassFixture<InvitedServer>, IAsyncLifetime
{
    private static readonly SemaphoreSlim First = new(1);
    private static Person? _operator;

    public async Task InitializeAsync()
    {
        await First.WaitAsync();
        try
        {
            _operator ??= await Person.RegisterAsync(server.Channel, InvitedServer.Operator);
        }
        finally
        {
            First.Release();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Where_registration_is_by_invitation_an_account_takes_a_code_and_the_code_then_lets_it_in_once()
    {
        using var host = new RestClient(server.Address, _operator!.Token);
        using var nobody = new RestClient(server.Address);
        var slug = "i" + Person.Id()[..10];
        var registration = new { account = slug, email = $"{slug}@example.org", password = Person.Password };
        Assert.Equal("registration_closed", (await nobody.SendAsync(HttpMethod.Post, "accounts", registration)).Code);

        var invited = (await host.SendAsync(HttpMethod.Post, $"tenants/{InvitedServer.Operator}/invitations", new { role = "developer", note = "for Ivy" })).Json;
        var code = invited.GetProperty("code").GetString()!;
        Assert.DoesNotContain(code, (await host.GetAsync($"tenants/{InvitedServer.Operator}/invitations")).Text, StringComparison.Ordinal);
        Assert.Equal("invitation_void", (await nobody.SendAsync(HttpMethod.Post, "accounts", new { registration.account, registration.email, registration.password, invitation = Other(code) })).Code);
        var registered = await nobody.SendAsync(HttpMethod.Post, "accounts", new { registration.account, registration.email, registration.password, invitation = code });
        Assert.Equal(HttpStatusCode.OK, registered.Status);
        using var ivy = new RestClient(server.Address, registered.Json.GetProperty("token").GetString());
        Assert.Equal("not_found", (await ivy.GetAsync($"tenants/{InvitedServer.Operator}")).Code);
        Assert.Equal("developer", (await ivy.SendAsync(HttpMethod.Post, "invitations/accept", new { code })).Json.GetProperty("my_role").GetString());
        Assert.Equal("invitation_void", (await ivy.SendAsync(HttpMethod.Post, "invitations/accept", new { code })).Code);
    }

    [Fact]
    public async Task An_invitation_is_taken_back_and_never_gives_more_than_its_maker_holds()
    {
        var (ann, bob) = (await ComeAsync(), await ComeAsync());
        var tenant = await OrganizationAsync(ann);
        using var owner = new RestClient(server.Address, ann.Token);
        using var guest = new RestClient(server.Address, bob.Token);
        var made = (await owner.SendAsync(HttpMethod.Post, $"tenants/{tenant}/invitations", new { role = "admin" })).Json;
        await owner.SendAsync(HttpMethod.Delete, $"tenants/{tenant}/invitations/{made.GetProperty("invitation").GetProperty("id").GetString()}");
        Assert.Equal("invitation_void", (await guest.SendAsync(HttpMethod.Post, "invitations/accept", new { code = made.GetProperty("code").GetString() })).Code);

        // Made by an admin who is one no longer when it is taken.
        await ann.SetMemberAsync(tenant, bob.Slug, "admin");
        Assert.Equal("denied", (await guest.SendAsync(HttpMethod.Post, $"tenants/{tenant}/invitations", new { role = "owner" })).Code);
        var left = (await guest.SendAsync(HttpMethod.Post, $"tenants/{tenant}/invitations", new { role = "admin" })).Json.GetProperty("code").GetString();
        await ann.SetMemberAsync(tenant, bob.Slug, "developer");
        var carl = await ComeAsync();
        using var late = new RestClient(server.Address, carl.Token);
        Assert.Equal("invitation_void", (await late.SendAsync(HttpMethod.Post, "invitations/accept", new { code = left })).Code);
    }

    [Fact]
    public async Task A_machine_acts_by_tokens_alone_and_by_none_once_it_is_let_go()
    {
        var ann = await ComeAsync();
        var tenant = await OrganizationAsync(ann);
        using var owner = new RestClient(server.Address, ann.Token);
        var made = (await owner.SendAsync(HttpMethod.Put, $"tenants/{tenant}/service-accounts/ci", new { role = "viewer" })).Json;
        Assert.Equal(($"{tenant}--ci", true), (made.GetProperty("account").GetString(), made.GetProperty("service").GetBoolean()));
        var issued = (await owner.SendAsync(HttpMethod.Post, $"tenants/{tenant}/service-accounts/ci/tokens", new { name = "pipeline", scopes = new[] { "tree:read" } })).Json;
        using var machine = new RestClient(server.Address, issued.GetProperty("token").GetString());
        Assert.Equal("viewer", (await machine.ReadAsync($"tenants/{tenant}")).GetProperty("my_role").GetString());
        Assert.Equal("denied", (await machine.SendAsync(HttpMethod.Post, "tokens", new { name = "more" })).Code);
        Assert.Equal(1, (await owner.ReadAsync($"tenants/{tenant}/service-accounts/ci/tokens")).GetProperty("items").GetArrayLength());
        using var nobody = new RestClient(server.Address);
        Assert.Equal("denied", (await nobody.SendAsync(HttpMethod.Post, "sessions", new { account = $"{tenant}--ci", password = Person.Password })).Code);

        var bob = await ComeAsync();
        await ann.SetMemberAsync(tenant, bob.Slug, "developer");
        using var developer = new RestClient(server.Address, bob.Token);
        Assert.Equal("denied", (await developer.SendAsync(HttpMethod.Post, $"tenants/{tenant}/service-accounts/ci/tokens", new { name = "mine" })).Code);
        Assert.Equal("not_found", (await owner.SendAsync(HttpMethod.Post, $"tenants/{tenant}/service-accounts/{bob.Slug}/tokens", new { name = "his" })).Code);

        await owner.SendAsync(HttpMethod.Delete, $"tenants/{tenant}/members/{tenant}--ci");
        Assert.Equal("token_revoked", (await machine.GetAsync("account")).Code);
    }

    [Fact]
    public async Task A_suspended_account_reads_and_does_not_write_wherever_it_is_a_member_and_a_closed_one_does_nothing()
    {
        var (ann, bob) = (await ComeAsync(), await ComeAsync());
        var tenant = await OrganizationAsync(ann);
        await ann.SetMemberAsync(tenant, bob.Slug, "maintainer");
        await ann.CreateWorktreeAsync("site", owner: tenant);
        using var host = new RestClient(server.Address, _operator!.Token);
        using var his = new RestClient(server.Address, bob.Token);
        using var hers = new RestClient(server.Address, ann.Token);
        var question = $"worktrees/{tenant}/site/access/test?permission=";
        Assert.Equal("allow", (await his.ReadAsync(question + "sync:push")).GetProperty("decision").GetString());

        Assert.Equal("denied", (await his.SendAsync(HttpMethod.Patch, $"tenants/{tenant}", new { status = "suspended" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Patch, $"tenants/{bob.Slug}", new { status = "suspended" })).Status);
        Assert.Equal("deny", (await his.ReadAsync(question + "sync:push")).GetProperty("decision").GetString());
        Assert.Equal("allow", (await his.ReadAsync(question + "sync:pull")).GetProperty("decision").GetString());
        Assert.Equal("denied", (await his.SendAsync(HttpMethod.Post, "tokens", new { name = "more" })).Code);
        Assert.Equal("denied", (await his.SendAsync(HttpMethod.Post, "tenants", new { tenant = "o" + Person.Id()[..10], email = "o@example.org" })).Code);

        await host.SendAsync(HttpMethod.Patch, $"tenants/{bob.Slug}", new { status = "active" });
        Assert.Equal("allow", (await his.ReadAsync(question + "sync:push")).GetProperty("decision").GetString());
        await host.SendAsync(HttpMethod.Patch, $"tenants/{bob.Slug}", new { status = "deactivated" });
        Assert.Equal("token_revoked", (await his.GetAsync("account")).Code);
        using var nobody = new RestClient(server.Address);
        Assert.Equal("denied", (await nobody.SendAsync(HttpMethod.Post, "sessions", new { account = bob.Slug, password = Person.Password })).Code);

        // A tenant's own owners close it, and only an operator opens it again.
        Assert.Equal(HttpStatusCode.OK, (await hers.SendAsync(HttpMethod.Patch, $"tenants/{tenant}", new { status = "suspended" })).Status);
        Assert.Equal("denied", (await hers.SendAsync(HttpMethod.Patch, $"tenants/{tenant}", new { status = "active" })).Code);
        Assert.Equal("deny", (await hers.ReadAsync(question + "sync:push")).GetProperty("decision").GetString());
        await host.SendAsync(HttpMethod.Patch, $"tenants/{tenant}", new { status = "active" });
        Assert.Equal("allow", (await hers.ReadAsync(question + "sync:push")).GetProperty("decision").GetString());
    }

    [Fact]
    public async Task An_organisation_changes_its_name_and_the_old_one_goes_on_leading_to_it()
    {
        var ann = await ComeAsync();
        var tenant = await OrganizationAsync(ann);
        await ann.CreateWorktreeAsync("site", owner: tenant);
        using var owner = new RestClient(server.Address, ann.Token);
        var name = "n" + Person.Id()[..10];
        Assert.Equal("already_exists", (await owner.SendAsync(HttpMethod.Patch, $"tenants/{tenant}", new { name = ann.Slug })).Code);
        var renamed = (await owner.SendAsync(HttpMethod.Patch, $"tenants/{tenant}", new { name })).Json;
        Assert.Equal((name, tenant), (renamed.GetProperty("tenant").GetString(), renamed.GetProperty("former_names")[0].GetString()));
        foreach (var known in new[] { name, tenant })
        {
            Assert.Equal(name, (await owner.ReadAsync($"tenants/{known}")).GetProperty("tenant").GetString());
            Assert.Equal("site", (await owner.ReadAsync($"worktrees/{known}/site")).GetProperty("name").GetString());
        }

        var other = await ComeAsync();
        using var guest = new RestClient(server.Address, other.Token);
        Assert.Equal("already_exists", (await guest.SendAsync(HttpMethod.Post, "tenants", new { tenant, email = "o@example.org" })).Code);
    }

    private static string Other(string code) => code[..^1] + (code[^1] == 'A' ? 'B' : 'A');

    private static async Task<string> OrganizationAsync(Person owner)
    {
        var slug = "o" + Person.Id()[..10];
        await owner.Identity.CreateOrganizationAsync(new CreateOrganizationRequest { Slug = slug, Email = "o@example.org", RequestId = Person.Id() }, owner.Head);
        return slug;
    }

    /// <summary>Somebody with an account, who was invited.</summary>
    private async Task<Person> ComeAsync()
    {
        using var host = new RestClient(server.Address, _operator!.Token);
        var code = (await host.SendAsync(HttpMethod.Post, $"tenants/{InvitedServer.Operator}/invitations", new { role = "viewer" })).Json.GetProperty("code").GetString()!;
        return await Person.RegisterAsync(server.Channel, null, code);
    }
}
