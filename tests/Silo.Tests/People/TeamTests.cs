using System.Net;
using System.Text.Json;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>Teams, and what policies make of them.</summary>
public sealed class TeamTests(SharedServer server) : IClassFixture<SharedServer>
{
    private const string Policies = """
        [[policy]]
        name = "closed"
        effect = "deny"
        subjects = [{ team = "engineering" }]
        scope = { path = "secret/" }
        permissions = ["tree:read"]
        """;

    private const string Teams = """
        [team.docs]
        role = "maintainer"
        paths = ["docs/"]
        """;

    [Fact]
    public async Task A_member_of_a_team_is_bound_by_the_rules_of_every_team_that_contains_it_from_the_moment_they_are_in()
    {
        var scene = await SceneAsync();
        using var owner = new RestClient(server.Address, scene.Owner.Token);
        using var developer = new RestClient(server.Address, scene.Developer.Token);
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/engineering", new { });
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend", new { parent = "engineering" });
        Assert.Equal(HttpStatusCode.OK, (await developer.GetAsync($"{scene.At}/content?path=secret/plan")).Status);

        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend/members/{scene.Developer.Slug}", new { });
        Assert.Equal("not_found", (await developer.GetAsync($"{scene.At}/content?path=secret/plan")).Code);
        Assert.Equal(["backend", "engineering"], Strings((await developer.ReadAsync($"tenants/{scene.Tenant}")).GetProperty("my_teams")));
        Assert.Equal(HttpStatusCode.OK, (await developer.GetAsync($"{scene.At}/content?path=docs/a")).Status);

        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend", new { });
        Assert.Equal(HttpStatusCode.OK, (await developer.GetAsync($"{scene.At}/content?path=secret/plan")).Status);
    }

    [Fact]
    public async Task A_team_gives_what_the_worktrees_files_give_it_and_nothing_after_it_was_left()
    {
        var scene = await SceneAsync();
        using var owner = new RestClient(server.Address, scene.Owner.Token);
        using var viewer = new RestClient(server.Address, scene.Viewer.Token);
        var question = $"{scene.At}/access/test?permission=tree:write&path=docs/a";
        Assert.Equal("deny", (await viewer.ReadAsync(question)).GetProperty("decision").GetString());
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/docs", new { display_name = "Writers" });
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/docs/members/{scene.Viewer.Slug}", new { });
        Assert.Equal("allow", (await viewer.ReadAsync(question)).GetProperty("decision").GetString());
        Assert.Equal("deny", (await viewer.ReadAsync($"{scene.At}/access/test?permission=tree:write&path=src/a")).GetProperty("decision").GetString());
        await owner.SendAsync(HttpMethod.Delete, $"tenants/{scene.Tenant}/teams/docs/members/{scene.Viewer.Slug}", new { });
        Assert.Equal("deny", (await viewer.ReadAsync(question)).GetProperty("decision").GetString());
    }

    [Fact]
    public async Task An_explanation_shows_every_rule_and_which_decided_to_who_manages_policies()
    {
        var scene = await SceneAsync();
        using var owner = new RestClient(server.Address, scene.Owner.Token);
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/engineering", new { });
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/engineering/members/{scene.Developer.Slug}", new { });
        var answer = await owner.ReadAsync($"{scene.At}/access/explain?account={scene.Developer.Slug}&permission=tree:read&path=secret/plan");
        Assert.Equal(("deny", "developer"), (answer.GetProperty("decision").GetString(), answer.GetProperty("role").GetString()));
        var rules = answer.GetProperty("rules").EnumerateArray().ToArray();
        var decisive = Assert.Single(rules, r => r.GetProperty("decisive").GetBoolean());
        Assert.Contains("closed", decisive.GetProperty("rule").GetString(), StringComparison.Ordinal);
        Assert.Contains("policies.toml", decisive.GetProperty("rule").GetString(), StringComparison.Ordinal);
        Assert.Contains(rules, r => r.GetProperty("rule").GetString()!.Contains("'developer'", StringComparison.Ordinal) && r.GetProperty("outcome").GetString() == "matches");

        using var developer = new RestClient(server.Address, scene.Developer.Token);
        Assert.Equal("denied", (await developer.GetAsync($"{scene.At}/access/explain?account={scene.Owner.Slug}&permission=tree:read")).Code);
        Assert.Equal("denied", (await developer.GetAsync($"{scene.At}/access/explain?account=no-such-account&permission=tree:read")).Code);
        Assert.Equal("denied", (await developer.GetAsync($"{scene.At}/access")).Code);
        Assert.Equal("deny", (await developer.ReadAsync($"{scene.At}/access/explain?account={scene.Developer.Slug}&permission=tree:read&path=secret/plan")).GetProperty("decision").GetString());
        Assert.NotEmpty((await owner.ReadAsync($"{scene.At}/access")).GetProperty("rules").EnumerateArray());
        Assert.Equal("invalid_argument", (await owner.GetAsync($"{scene.At}/access/test?permission=tree:fly")).Code);
    }

    [Fact]
    public async Task Only_who_manages_teams_changes_them_and_only_members_are_in_them()
    {
        var scene = await SceneAsync();
        using var owner = new RestClient(server.Address, scene.Owner.Token);
        using var developer = new RestClient(server.Address, scene.Developer.Token);
        var stranger = await Person.RegisterAsync(server.Channel);
        using var outside = new RestClient(server.Address, stranger.Token);
        Assert.Equal("denied", (await developer.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/mine", new { })).Code);
        Assert.Equal("not_found", (await outside.GetAsync($"tenants/{scene.Tenant}/teams")).Code);
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend", new { });
        Assert.Equal("not_a_member", (await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend/members/{stranger.Slug}", new { })).Code);
        Assert.Equal("invalid_argument", (await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend", new { parent = "backend" })).Code);
        await owner.SendAsync(HttpMethod.Put, $"tenants/{scene.Tenant}/teams/backend/members/{scene.Developer.Slug}", new { });
        await owner.SendAsync(HttpMethod.Delete, $"tenants/{scene.Tenant}/members/{scene.Developer.Slug}");
        Assert.Empty((await owner.ReadAsync($"tenants/{scene.Tenant}/teams")).GetProperty("items")[0].GetProperty("members").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await owner.SendAsync(HttpMethod.Delete, $"tenants/{scene.Tenant}/teams/backend")).Status);
    }

    private static IEnumerable<string> Strings(JsonElement list) => list.EnumerateArray().Select(e => e.GetString()!);

    private async Task<Scene> SceneAsync()
    {
        var (owner, developer, viewer) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tenant = "o" + Person.Id()[..10];
        await owner.Identity.CreateOrganizationAsync(new CreateOrganizationRequest { Slug = tenant, Email = "o@example.org", RequestId = Person.Id() }, owner.Head);
        await owner.SetMemberAsync(tenant, developer.Slug, "developer");
        await owner.SetMemberAsync(tenant, viewer.Slug, "viewer");
        var tree = await owner.CreateWorktreeAsync("site", owner: tenant);
        var objects = new MemoryObjects();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [".wt/access/policies.toml"] = Policies, [".wt/access/teams.toml"] = Teams, ["docs/a"] = "1", ["secret/plan"] = "2", ["src/a"] = "3",
        };
        var head = await objects.AddAsync(await objects.TreeAsync(files));
        await owner.UploadAsync(tree, objects, head);
        await owner.PushAsync(tree, default, head);
        return new Scene(owner, developer, viewer, tenant, $"worktrees/{tenant}/site");
    }

    private sealed record Scene(Person Owner, Person Developer, Person Viewer, string Tenant, string At);
}
