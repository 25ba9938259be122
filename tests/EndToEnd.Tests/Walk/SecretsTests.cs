using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>What does not leave the machine by itself. Every byte that goes to the server passes a proxy that keeps it.</summary>
public sealed class SecretsTests
{
    private const string Token = "ghp_" + "q7Zt2Kx9Lw4Rb6Vn1Mc8Py3Hd5Jf0Gs7Ta2E";

    [Fact]
    public async Task A_secret_is_held_back_from_the_team_while_the_rest_goes_out()
    {
        await using var scene = Scene.Empty();
        var (ada, proxy) = await BeginAsync(scene);
        await using var ends = proxy;
        ada.Write("deploy/.env", $"PORT=80\nGH_TOKEN={Token}\n");
        ada.Write("list.txt", "seen by the team\n");
        ada.Write("users.data", "SQLite format 3\0 and rows of users");
        await ada.AskAsync("snapshot", "-m", "Deploy");
        var staged = await Eventually.FitsAsync(() => ada.AskAsync("staged", "list"), list => Paths(list).Contains("list.txt"), "ada's work is staged");
        Assert.Equal(["list.txt"], Paths(staged));
        var held = (await ada.AskAsync("status")).GetProperty("held").EnumerateArray().Select(h => $"{h.GetProperty("path").GetString()} {h.GetProperty("rule").GetString()}").ToList();
        Assert.Equal(["deploy/.env github-token", "users.data database"], held);
        Assert.True(proxy.Saw("seen by the team"));
        Assert.False(proxy.Saw(Token));
        Assert.False(proxy.Saw("rows of users"));

        var refused = (await ada.TryAsync("push", "-m", "Deploy")).Expect(2, "held_back");
        var message = refused.Json.GetProperty("error").GetProperty("message").GetString()!;
        Assert.Contains("deploy/.env:2 (github-token)", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, message, StringComparison.Ordinal);
        Assert.False(proxy.Saw(Token));
        Assert.Contains((await ada.TextAsync("reflog", "-n", "5")).Output.Split('\n'), line => line.Contains("hold", StringComparison.Ordinal));

        (await ada.TryAsync("sync", "allow", "list.txt")).Expect(4, "not_found");
        await ada.AskAsync("sync", "allow", "deploy");
        await ada.AskAsync("sync", "allow", "users.data");
        await Eventually.FitsAsync(() => ada.AskAsync("staged", "list"), list => Paths(list).Contains("deploy/.env"), "what was released is staged");
        await ada.AskAsync("push", "-m", "Deploy");
        Assert.True(proxy.Saw(Token)); // It was released: so the proxy does see what is sent.
        Assert.True(proxy.Saw("rows of users"));
        Assert.False((await ada.AskAsync("status")).TryGetProperty("held", out _));
    }

    [Fact]
    public async Task A_secret_that_the_tip_has_no_more_does_not_go_out_with_the_snapshots_on_the_way()
    {
        await using var scene = Scene.Empty();
        var (ada, proxy) = await BeginAsync(scene);
        await using var ends = proxy;
        ada.Write("list.txt", $"1\n{Token}\n");
        await ada.AskAsync("snapshot", "-m", "Oops");
        ada.Write("list.txt", "1\nfrom the environment\n");
        await ada.AskAsync("snapshot", "-m", "Take it out");
        var pushed = await ada.AskAsync("push");
        Assert.Equal((1, 1), (pushed.GetProperty("snapshots").GetInt32(), pushed.GetProperty("folded").GetInt32()));
        await ada.AskAsync("sync", "now");
        Assert.True(proxy.Saw("from the environment"));
        Assert.False(proxy.Saw(Token));

        ada.Write("list.txt", $"2\n{Token}\n");
        await ada.AskAsync("snapshot", "-m", "Again");
        ada.Write("list.txt", "2\n");
        (await ada.TryAsync("push", "--keep-all")).Expect(2, "held_back");
        Assert.False(proxy.Saw(Token));
    }

    [Fact]
    public async Task A_file_that_the_team_has_goes_back_to_its_shared_state_in_what_is_shown()
    {
        await using var scene = Scene.Empty();
        var (ada, proxy) = await BeginAsync(scene);
        await using var ends = proxy;
        var shared = (await ada.TextAsync("show", "main@server", "list.txt")).Output;
        ada.Write("list.txt", $"work that stands beside a secret\n{Token}\n");
        ada.Write("other.txt", "beside it\n");
        await ada.AskAsync("snapshot", "-m", "Both");
        await Eventually.FitsAsync(() => ada.AskAsync("staged", "list"), list => Paths(list).Contains("other.txt"), "the rest is staged");
        var derived = (await ada.AskAsync("sync", "status")).GetProperty("staged").GetString()!;
        Assert.Equal(shared, (await ada.TextAsync("show", derived, "list.txt")).Output);
        Assert.False(proxy.Saw("work that stands beside a secret"));
        Assert.Equal($"work that stands beside a secret\n{Token}\n", ada.Read("list.txt"));
    }

    private static async Task<(Person Ada, CapturingProxy Proxy)> BeginAsync(Scene scene)
    {
        await scene.Server.StartAsync();
        var proxy = new CapturingProxy(scene.Server.Url);
        var ada = await scene.RegisteredAsync("ada", proxy.Url);
        await ada.AskAsync("tenant", "create", Scene.Team);
        ada.Write("list.txt", "first\n");
        await ada.AskAsync("init", "--owner", Scene.Team, "--name", Scene.Worktree);
        await ada.AskAsync("push", "-m", "Begin");
        return (ada, proxy);
    }

    private static List<string> Paths(System.Text.Json.JsonElement staged) =>
        [.. staged.GetProperty("entries").EnumerateArray().SelectMany(entry => entry.GetProperty("changes").EnumerateArray()).Select(change => change.GetProperty("path").GetString()!)];
}
