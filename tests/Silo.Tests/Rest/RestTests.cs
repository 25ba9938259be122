using System.Net;
using Grpc.Core;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Rest;

/// <summary>The manners of the REST API: who calls, errors, lists, tags and limits.</summary>
public sealed class RestTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Everything_but_signing_in_asks_for_a_token_in_the_shape_of_every_error()
    {
        using var nobody = new RestClient(server.Address);
        var reply = await nobody.GetAsync("account");
        Assert.Equal((HttpStatusCode.Unauthorized, "signed_out"), (reply.Status, reply.Code));
        Assert.StartsWith("Bearer", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        using var wrong = new RestClient(server.Address, "wt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal(reply.Text, (await wrong.GetAsync("account")).Text);
    }

    [Fact]
    public async Task Somebody_registers_signs_in_makes_a_token_and_ends_it()
    {
        using var nobody = new RestClient(server.Address);
        var slug = "r" + Person.Id()[..10];
        var registered = await nobody.SendAsync(HttpMethod.Post, "accounts", new { account = slug, email = $"{slug}@example.org", password = Person.Password });
        Assert.Equal(HttpStatusCode.OK, registered.Status);
        var signedIn = await nobody.SendAsync(HttpMethod.Post, "sessions", new { account = slug, password = Person.Password });
        using var person = new RestClient(server.Address, signedIn.Json.GetProperty("token").GetString());
        Assert.Equal(slug, (await person.ReadAsync("account")).GetProperty("account").GetString());

        var made = (await person.SendAsync(HttpMethod.Post, "tokens", new { name = "ci", scopes = new[] { "sync:pull" } })).Json;
        using var script = new RestClient(server.Address, made.GetProperty("token").GetString());
        Assert.Equal("sync:pull", (await script.ReadAsync("account")).GetProperty("scopes")[0].GetString());
        Assert.Equal(3, (await person.ReadAsync("tokens")).GetProperty("items").GetArrayLength());
        var ended = await person.SendAsync(HttpMethod.Delete, $"tokens/{made.GetProperty("info").GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.NoContent, ended.Status);
        Assert.Equal("token_revoked", (await script.GetAsync("account")).Code);
        Assert.Equal("denied", (await nobody.SendAsync(HttpMethod.Post, "sessions", new { account = slug, password = "not the password" })).Code);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_in_words()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        using var rest = new RestClient(server.Address, ann.Token);
        Assert.Equal("invalid_argument", (await rest.SendAsync(HttpMethod.Post, "tokens", new { scopes = new[] { "*" } })).Code);
        using var noJson = new StringContent("{not json", System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "tokens") { Content = noJson, Headers = { { "Authorization", $"Bearer {ann.Token}" } } };
        using var bad = await rest.Http.SendAsync(request);
        Assert.Contains("\"invalid_argument\"", await bad.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), ((await rest.GetAsync("no/such/thing")).Status, (await rest.GetAsync("no/such/thing")).Code));
        Assert.Equal("method_not_allowed", (await rest.SendAsync(HttpMethod.Patch, "account")).Code);
        Assert.Equal("invalid_argument", (await rest.GetAsync($"tenants/{ann.Slug}/members?cursor=***")).Code);
        Assert.Equal("too_large", (await rest.SendAsync(HttpMethod.Post, "tokens", new { name = new string('x', 2 << 20) })).Code);
    }

    [Fact]
    public async Task An_answer_has_a_tag_and_who_shows_it_again_gets_304_until_it_changes()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        using var rest = new RestClient(server.Address, ann.Token);
        var path = $"tenants/{ann.Slug}/members";
        var first = await rest.GetAsync(path);
        var tag = first.Headers["ETag"];
        Assert.Equal(HttpStatusCode.NotModified, (await rest.SendAsync(HttpMethod.Get, path, null, tag)).Status);
        Assert.Equal(HttpStatusCode.OK, (await rest.SendAsync(HttpMethod.Put, $"{path}/{bob.Slug}", new { role = "viewer" })).Status);
        var second = await rest.SendAsync(HttpMethod.Get, path, null, tag);
        Assert.Equal((HttpStatusCode.OK, 2), (second.Status, second.Json.GetProperty("items").GetArrayLength()));
        Assert.NotEqual(tag, second.Headers["ETag"]);
    }

    [Fact]
    public async Task Lists_go_on_where_the_page_before_ended()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        using var rest = new RestClient(server.Address, ann.Token);
        for (var i = 0; i < 205; i++)
        {
            await ann.CreateWorktreeAsync($"w{i:000}", TreeId.Parse(Person.Id()));
        }

        var (names, cursor) = (new List<string>(), "");
        do
        {
            var page = await rest.ReadAsync($"worktrees/{ann.Slug}?cursor={cursor}");
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(w => w.GetProperty("name").GetString()!));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString()! : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(Enumerable.Range(0, 205).Select(i => $"w{i:000}"), names);
    }

    [Fact]
    public async Task Members_come_and_go_as_through_the_other_front()
    {
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        using var rest = new RestClient(server.Address, ann.Token);
        using var his = new RestClient(server.Address, bob.Token);
        var slug = "o" + Person.Id()[..10];
        Assert.Equal("owner", (await rest.SendAsync(HttpMethod.Post, "tenants", new { tenant = slug, email = "o@example.org" })).Json.GetProperty("my_role").GetString());
        Assert.Equal("not_found", (await his.GetAsync($"tenants/{slug}")).Code);
        Assert.Equal((await his.GetAsync("tenants/no-such")).Text, (await his.GetAsync($"tenants/{slug}")).Text);
        await rest.SendAsync(HttpMethod.Put, $"tenants/{slug}/members/{bob.Slug}", new { role = "developer" });
        Assert.Equal("developer", (await his.ReadAsync($"tenants/{slug}")).GetProperty("my_role").GetString());
        Assert.Equal("denied", (await his.SendAsync(HttpMethod.Put, $"tenants/{slug}/members/{bob.Slug}", new { role = "owner" })).Code);
        Assert.Equal(HttpStatusCode.NoContent, (await his.SendAsync(HttpMethod.Delete, $"tenants/{slug}/members/{bob.Slug}")).Status);
        Assert.Equal("not_found", (await his.GetAsync($"tenants/{slug}")).Code);
    }

    [Fact]
    public async Task The_limit_is_told_with_every_answer()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        using var rest = new RestClient(server.Address, ann.Token);
        var (first, second) = (await rest.GetAsync("account"), await rest.GetAsync("account"));
        Assert.Equal("1200", first.Headers["RateLimit-Limit"]);
        Assert.Equal(1, int.Parse(first.Headers["RateLimit-Remaining"]) - int.Parse(second.Headers["RateLimit-Remaining"]));
        Assert.InRange(int.Parse(first.Headers["RateLimit-Reset"]), 1, 60);
    }

    [Fact]
    public async Task A_token_over_the_limit_is_told_when_it_may_come_again_by_gRPC_and_REST_alike()
    {
        const int limit = 1_200;
        var (ann, bob) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        using var rest = new RestClient(server.Address, ann.Token);
        var before = int.Parse((await rest.GetAsync("account")).Headers["RateLimit-Remaining"]);
        await Parallel.ForEachAsync(Enumerable.Range(0, before), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) => await ann.MembershipsAsync());

        var refused = await Assert.ThrowsAsync<RpcException>(() => ann.MembershipsAsync());
        Assert.Equal((limit - 1, StatusCode.ResourceExhausted), (before, refused.StatusCode));
        Assert.Contains("rate_limited", System.Text.Encoding.UTF8.GetString(refused.Trailers.GetValueBytes("wt-error-bin")!), StringComparison.Ordinal);
        Assert.InRange(int.Parse(refused.Trailers.GetValue("retry-after")!), 1, 60);
        var late = await rest.GetAsync("account");
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limited"), (late.Status, late.Code));
        Assert.InRange(int.Parse(late.Headers["Retry-After"]), 1, 60);
        Assert.Single(await bob.MembershipsAsync());
    }
}
