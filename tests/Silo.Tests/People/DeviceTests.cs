using System.Net;
using System.Text.Json;
using W0rktree.Silo.Tests.Rest;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>Sign-in that begins where there is no browser.</summary>
public sealed class DeviceTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_terminal_is_signed_in_once_somebody_confirms_its_code_with_their_password()
    {
        var ann = await Person.RegisterAsync(server.Channel);
        using var nobody = new RestClient(server.Address);
        using var browser = new Browser();
        var begun = (await nobody.SendAsync(HttpMethod.Post, "device", new { client = "wt on <laptop>" })).Json;
        var token = begun.GetProperty("device_code").GetString()!;
        using var waiting = new RestClient(server.Address, token);
        Assert.Equal("signed_out", (await waiting.GetAsync("account")).Code);

        var page = await browser.GetAsync(begun.GetProperty("verification_uri_complete").GetString()!);
        Assert.Contains(begun.GetProperty("user_code").GetString()!, page.Text, StringComparison.Ordinal);
        Assert.Contains("wt on &lt;laptop&gt;", page.Text, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.Policy, StringComparison.Ordinal);
        var form = new Dictionary<string, string> { ["code"] = begun.GetProperty("user_code").GetString()!, ["account"] = ann.Slug, ["password"] = "not the password" };
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync($"{server.Address}/device", form, null)).Status);
        Assert.Equal("authorization_pending", (await AwaitAsync(nobody, begun)).Code);

        form["password"] = Person.Password;
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync($"{server.Address}/device", form, null)).Status);
        Assert.Equal(token, (await AwaitAsync(nobody, begun)).Json.GetProperty("token").GetString());
        Assert.Equal(ann.Slug, (await waiting.ReadAsync("account")).GetProperty("account").GetString());
        Assert.NotEqual(HttpStatusCode.OK, (await browser.PostAsync($"{server.Address}/device", form, null)).Status);
    }

    [Fact]
    public async Task A_code_alone_is_worth_nothing_and_one_that_never_was_says_so()
    {
        using var nobody = new RestClient(server.Address);
        using var browser = new Browser();
        var begun = (await nobody.SendAsync(HttpMethod.Post, "device", new { client = "wt" })).Json;
        var other = await nobody.SendAsync(HttpMethod.Post, "device/token", new { device_code = "wt_guessed", user_code = begun.GetProperty("user_code").GetString() });
        Assert.Equal("code_lapsed", other.Code);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.GetAsync($"{server.Address}/device?code=BBBB-BBBB")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync($"{server.Address}/device?code=<script>")).Status);
        Assert.Contains("<form", (await browser.GetAsync($"{server.Address}/device")).Text, StringComparison.Ordinal);
    }

    private static Task<RestReply> AwaitAsync(RestClient nobody, JsonElement begun) => nobody.SendAsync(
        HttpMethod.Post, "device/token", new { device_code = begun.GetProperty("device_code").GetString(), user_code = begun.GetProperty("user_code").GetString() });
}
