using System.Net;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>What decisions know of worktrees, members and tenants beside roles and teams.</summary>
public sealed class FactTests(RunServer server) : IClassFixture<RunServer>
{
    private const string Policies = """
        [[policy]]
        name = "cleared"
        effect = "deny"
        subjects = [{ all_authenticated = true }]
        scope = { path = "secret/" }
        permissions = ["tree:read"]

        [[policy]]
        name = "not-without-clearance"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = "worktree"
        permissions = ["sync:push"]
        conditions = [{ attribute = "clearance", operator = "LessThan", value = "2" }]

        [[policy]]
        name = "paid"
        effect = "deny"
        subjects = [{ all_authenticated = true }]
        scope = "worktree"
        permissions = ["tag:create"]
        conditions = [{ attribute = "tenant.plan", operator = "NotEquals", value = "pro" }]
        """;

    [Fact]
    public async Task A_public_worktree_is_read_by_everybody_but_where_a_rule_denies_it_and_by_nobody_else_once_it_is_private()
    {
        var (owner, at) = await StartAsync();
        var stranger = await Person.RegisterAsync(server.Channel);
        using var hers = new RestClient(server.Address, owner.Token);
        using var theirs = new RestClient(server.Address, stranger.Token);
        Assert.Equal("not_found", (await theirs.GetAsync(at)).Code);
        Assert.Equal("public", (await hers.SendAsync(HttpMethod.Patch, at, new { visibility = "public" })).Json.GetProperty("visibility").GetString());

        Assert.Equal(HttpStatusCode.OK, (await theirs.GetAsync($"{at}/content?path=open/a")).Status);
        Assert.Equal("not_found", (await theirs.GetAsync($"{at}/content?path=secret/b")).Code);
        Assert.Equal("deny", (await theirs.ReadAsync($"{at}/access/test?permission=sync:push")).GetProperty("decision").GetString());
        Assert.Equal("denied", (await theirs.SendAsync(HttpMethod.Patch, at, new { visibility = "private" })).Code);
        using var nobody = new RestClient(server.Address);
        Assert.Equal("signed_out", (await nobody.GetAsync(at)).Code);

        Assert.Equal("invalid_argument", (await hers.SendAsync(HttpMethod.Patch, at, new { visibility = "hidden" })).Code);
        Assert.Equal("private", (await hers.SendAsync(HttpMethod.Patch, at, new { visibility = "private" })).Json.GetProperty("visibility").GetString());
        Assert.Equal("not_found", (await theirs.GetAsync(at)).Code);
    }

    [Fact]
    public async Task What_a_tenant_says_of_a_member_decides_at_once_and_outlasts_a_change_of_role()
    {
        var (owner, at) = await StartAsync();
        var bob = await Person.RegisterAsync(server.Channel);
        await owner.AddMemberAsync(bob, "developer");
        using var hers = new RestClient(server.Address, owner.Token);
        using var his = new RestClient(server.Address, bob.Token);
        var (question, attributes) = ($"{at}/access/test?permission=sync:push", $"tenants/{owner.Slug}/members/{bob.Slug}/attributes");
        async Task<string?> AskAsync() => (await his.ReadAsync(question)).GetProperty("decision").GetString();
        Assert.Equal("allow", await AskAsync());
        Assert.Equal("1", (await hers.SendAsync(HttpMethod.Patch, attributes, new { attributes = new { clearance = "1", department = "eng" } })).Json.GetProperty("attributes").GetProperty("clearance").GetString());
        Assert.Equal("deny", await AskAsync());
        await owner.AddMemberAsync(bob, "viewer");
        await owner.AddMemberAsync(bob, "developer");
        Assert.Equal("deny", await AskAsync());
        Assert.Equal("denied", (await his.SendAsync(HttpMethod.Patch, attributes, new { attributes = new { clearance = "9" } })).Code);
        foreach (var wrong in new object[] { new Dictionary<string, string> { ["tenant.plan"] = "pro" }, new Dictionary<string, string> { ["Clear Ance"] = "1" }, new { clearance = new string('1', 201) } })
        {
            Assert.Equal("invalid_argument", (await hers.SendAsync(HttpMethod.Patch, attributes, new { attributes = wrong })).Code);
        }

        await hers.SendAsync(HttpMethod.Patch, attributes, new { attributes = new { clearance = "2" } });
        Assert.Equal("allow", await AskAsync());
    }

    [Fact]
    public async Task What_a_tenant_pays_for_counts_in_conditions()
    {
        var (owner, at) = await StartAsync();
        using var hers = new RestClient(server.Address, owner.Token);
        using var host = new RestClient(server.Address, (await server.OperatorAsync()).Token);
        async Task<string?> AskAsync() => (await hers.ReadAsync($"{at}/access/test?permission=tag:create")).GetProperty("decision").GetString();

        // Without a plan the attribute is missing, and no condition on it holds.
        Assert.Equal("allow", await AskAsync());
        Assert.Equal("free", (await host.SendAsync(HttpMethod.Patch, $"tenants/{owner.Slug}/quota", new { plan = "free" })).Json.GetProperty("plan").GetString());
        Assert.Equal("deny", await AskAsync());
        await host.SendAsync(HttpMethod.Patch, $"tenants/{owner.Slug}/quota", new { plan = "pro" });
        Assert.Equal("allow", await AskAsync());
    }

    private async Task<(Person Owner, string At)> StartAsync()
    {
        var owner = await Person.RegisterAsync(server.Channel);
        var tree = await owner.CreateWorktreeAsync("shop");
        var objects = new MemoryObjects();
        var head = await objects.AddAsync(await objects.TreeAsync(new Dictionary<string, string> { [".wt/access/policies.toml"] = Policies, ["open/a"] = "1", ["secret/b"] = "2" }));
        await owner.UploadAsync(tree, objects, head);
        await owner.PushAsync(tree, default, head);
        return (owner, $"worktrees/{owner.Slug}/shop");
    }
}
