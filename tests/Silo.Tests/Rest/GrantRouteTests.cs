using System.Net;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Rest;

/// <summary>Grants to other tenants, as scripts and 'wt access' give them.</summary>
public sealed class GrantRouteTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_grant_is_given_listed_and_ended()
    {
        var (owner, guest) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        await owner.CreateWorktreeAsync("shop");
        var at = $"worktrees/{owner.Slug}/shop";
        using var hers = new RestClient(server.Address, owner.Token);
        using var his = new RestClient(server.Address, guest.Token);
        Assert.Equal("not_found", (await his.GetAsync(at)).Code);

        var id = Person.Id();
        var body = new { tenant = guest.Slug, level = "write", paths = new[] { "docs/" }, expires = "2099-01-01T00:00:00+02:00", id };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var given = await hers.SendAsync(HttpMethod.Post, at + "/grants", body);
            Assert.True(given.Status == HttpStatusCode.OK, given.Text);
        }

        var grant = Assert.Single((await hers.ReadAsync(at + "/grants")).GetProperty("items").EnumerateArray());
        Assert.Equal((id, guest.Slug, "write", owner.Slug), (
            grant.GetProperty("id").GetString(), grant.GetProperty("tenant").GetString(), grant.GetProperty("level").GetString(), grant.GetProperty("given_by").GetString()));
        Assert.Equal(("docs/", false), (grant.GetProperty("paths").EnumerateArray().Single().GetString(), grant.TryGetProperty("trees", out var _)));
        Assert.Equal(new DateTimeOffset(2098, 12, 31, 22, 0, 0, TimeSpan.Zero), grant.GetProperty("expires").GetDateTimeOffset());
        Assert.Equal(HttpStatusCode.OK, (await his.GetAsync(at)).Status);
        Assert.Equal("denied", (await his.GetAsync(at + "/grants")).Code);
        Assert.Equal("denied", (await his.SendAsync(HttpMethod.Post, at + "/grants", new { tenant = "no-such-tenant", level = "read" })).Code);

        Assert.Equal(HttpStatusCode.NoContent, (await hers.SendAsync(HttpMethod.Delete, $"{at}/grants/{id}")).Status);
        Assert.Equal("not_found", (await his.GetAsync(at)).Code);
        Assert.Equal("invalid_argument", (await hers.SendAsync(HttpMethod.Post, at + "/grants", new { tenant = guest.Slug, level = "everything" })).Code);
    }
}
