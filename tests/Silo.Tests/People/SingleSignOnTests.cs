using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Silo.Pages.SingleSignOn;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>A server whose organisations sign in elsewhere, and whose clock for keys moves when a test says so.</summary>
public sealed class SingleSignOnServer : TestServer
{
    internal Dictionary<string, ProviderSettings> Providers { get; } = new(StringComparer.Ordinal);

    internal ShiftedClock Clock { get; } = new();

    protected override void Replace(IServiceCollection services) => services.AddSingleton(_ => new ProviderBook(Providers, Clock));

    internal sealed class ShiftedClock : TimeProvider
    {
        private long _shift;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _shift);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _shift, (long)(time.TotalSeconds * TimestampFrequency));
    }
}

/// <summary>Single sign-on against a provider that is not ours.</summary>
public sealed class SingleSignOnTests(SingleSignOnServer server) : IClassFixture<SingleSignOnServer>
{
    [ProviderFact]
    public async Task A_member_comes_in_by_the_organisations_provider_and_is_the_same_account_after_its_keys_changed()
    {
        var (owner, tenant, provider) = await StartAsync();
        using var running = provider;
        var first = await SignInAsync(tenant, "Ann.Example");
        Assert.StartsWith("ann-example", first.GetProperty("account").GetString(), StringComparison.Ordinal);
        Assert.Equal("Ann.Example@example.org", first.GetProperty("email").GetString());
        Assert.Contains(first.GetProperty("memberships").EnumerateArray(), m => m.GetProperty("tenant").GetString() == tenant && m.GetProperty("role").GetString() == "developer");

        await provider.RotateAsync("ES256");
        server.Clock.Pass(TimeSpan.FromMinutes(2));
        var second = await SignInAsync(tenant, "Ann.Example");
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.NotEqual(first.GetProperty("id").GetString(), (await SignInAsync(tenant, "bob")).GetProperty("id").GetString());

        // Let go is let go, whatever the provider goes on saying.
        using var host = new RestClient(server.Address, owner.Token);
        await host.SendAsync(HttpMethod.Delete, $"tenants/{tenant}/members/{first.GetProperty("account").GetString()}");
        Assert.DoesNotContain((await SignInAsync(tenant, "Ann.Example")).GetProperty("memberships").EnumerateArray(), m => m.GetProperty("tenant").GetString() == tenant);
    }

    [ProviderFact]
    public async Task A_key_that_changed_a_moment_ago_is_not_asked_for_again_at_once()
    {
        var (_, tenant, provider) = await StartAsync();
        using var running = provider;
        _ = await SignInAsync(tenant, "carl");
        await provider.RotateAsync("RS256");
        var (browser, journey, _) = await LeaveAsync(tenant);
        using (browser)
        {
            var back = await browser.SignInAtProviderAsync(journey, "carl", server.Address);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(back)).Status);
        }
    }

    [ProviderFact]
    public async Task An_answer_ends_only_in_the_browser_that_began_and_only_once()
    {
        var (_, tenant, provider) = await StartAsync();
        using var running = provider;
        var (browser, journey, begun) = await LeaveAsync(tenant);
        using var other = new Browser();
        using (browser)
        {
            var back = await browser.SignInAtProviderAsync(journey, "dora", server.Address);
            Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(back)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(back.Replace("state=", "state=x", StringComparison.Ordinal))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(back)).Status);
        }

        using var nobody = new RestClient(server.Address);
        Assert.Equal("authorization_pending", (await AwaitAsync(nobody, begun)).Code);
    }

    [ProviderFact]
    public async Task A_form_that_another_site_sends_leads_nowhere()
    {
        var (_, tenant, provider) = await StartAsync();
        using var running = provider;
        using var nobody = new RestClient(server.Address);
        using var browser = new Browser();
        var begun = (await nobody.SendAsync(HttpMethod.Post, "device", new { client = "wt on laptop", tenant })).Json;
        var form = new Dictionary<string, string> { ["code"] = begun.GetProperty("user_code").GetString()! };
        foreach (var origin in new[] { null, "https://evil.example", "null" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync($"{server.Address}/sso/{tenant}", form, origin)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{server.Address}/sso/no-such?code={form["code"]}")).Status);
    }

    private static Task<RestReply> AwaitAsync(RestClient nobody, JsonElement begun) => nobody.SendAsync(
        HttpMethod.Post, "device/token", new { device_code = begun.GetProperty("device_code").GetString(), user_code = begun.GetProperty("user_code").GetString() });

    private async Task<(Person Owner, string Tenant, IdentityProvider Provider)> StartAsync()
    {
        var owner = await Person.RegisterAsync(server.Channel);
        var tenant = "o" + Person.Id()[..10];
        await owner.Identity.CreateOrganizationAsync(new CreateOrganizationRequest { Slug = tenant, Email = "o@example.org", RequestId = Person.Id() }, owner.Head);
        var provider = await IdentityProvider.StartAsync($"{server.Address}/sso/callback");
        server.Providers[tenant] = new ProviderSettings { Tenant = tenant, Issuer = new Uri(provider.Issuer), ClientId = "wt", ClientSecret = "not a secret", Role = Role.Developer };

        return (owner, tenant, provider);
    }

    /// <summary>Begins in a terminal, confirms in a browser, and gives where the browser is sent.</summary>
    private async Task<(Browser Browser, string Journey, JsonElement Begun)> LeaveAsync(string tenant)
    {
        using var nobody = new RestClient(server.Address);
        var begun = (await nobody.SendAsync(HttpMethod.Post, "device", new { client = "wt on <laptop>", tenant })).Json;
        var browser = new Browser();
        var page = await browser.GetAsync(begun.GetProperty("verification_uri_complete").GetString()!);
        Assert.Contains(begun.GetProperty("user_code").GetString()!, page.Text, StringComparison.Ordinal);
        Assert.Contains("wt on &lt;laptop&gt;", page.Text, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page.Policy, StringComparison.Ordinal);
        var left = await browser.PostAsync($"{server.Address}/sso/{tenant}", new() { ["code"] = begun.GetProperty("user_code").GetString()! }, server.Address);
        Assert.Equal(HttpStatusCode.Found, left.Status);
        return (browser, left.Location!, begun);
    }

    private async Task<JsonElement> SignInAsync(string tenant, string name)
    {
        var (browser, journey, begun) = await LeaveAsync(tenant);
        using var nobody = new RestClient(server.Address);
        using (browser)
        {
            Assert.Equal("authorization_pending", (await AwaitAsync(nobody, begun)).Code);
            var done = await browser.GetAsync(await browser.SignInAtProviderAsync(journey, name, server.Address));
            Assert.True(done.Status == HttpStatusCode.OK, done.Text);
        }

        using var signedIn = new RestClient(server.Address, (await AwaitAsync(nobody, begun)).Json.GetProperty("token").GetString());
        return await signedIn.ReadAsync("account");
    }
}
