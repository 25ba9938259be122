using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>What people see who may not, or may no longer.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task A_revoked_token_is_told_as_such_and_signing_in_again_mends_it()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        var tokens = (await ada.AskAsync("token", "list")).GetProperty("tokens").EnumerateArray();
        var current = tokens.Single(token => token.GetProperty("current").GetBoolean()).GetProperty("id").GetString()!;
        await ada.AskAsync("token", "revoke", current);

        ada.Write("list.txt", "2\n");
        (await ada.TryAsync("push", "-m", "No more")).Expect(5);
        (await ada.TryAsync("whoami", "--account")).Expect(5);
        var text = await ada.TextAsync("push");
        Assert.Contains("wt login", text.Error, StringComparison.Ordinal);
        await ada.AskAsync("snapshot", "-m", "Work goes on");

        (await ada.SignInAsync(scene.Server.Url)).Expect(0);
        Assert.Equal("pushed", (await ada.AskAsync("push")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_personal_token_signs_in_with_its_scopes_and_no_more()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        var token = (await ada.AskAsync("token", "create", "ci", "--scope", "sync:pull", "--scope", "tree:read", "--scope", "branch:read", "--scope", "snapshot:read")).GetProperty("token").GetString()!;
        var ci = scene.Add("ci");
        (await Run.ToEndAsync(ci.Prepare(["login", scene.Server.Url, "--token-stdin", "--json"]), token + "\n")).Expect(0);
        await ci.AskAsync("clone", $"{scene.Server.Url}/acme/shop", ci.Work);
        ci.Write("list.txt", "2\n");
        (await ci.TryAsync("push", "-m", "Not within the scopes")).Expect(5);
        Assert.DoesNotContain(token, string.Join('\n', Directory.EnumerateFiles(Path.Combine(scene.Folder, "server"), "*.log", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.DoesNotContain(token, scene.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_removed_while_offline_gets_the_answer_that_a_stranger_gets()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        await bob.AskAsync("sync", "now");
        await bob.StopAgentAsync(); // Bob's laptop is closed.
        await ada.AskAsync("tenant", "remove", "acme", "bob");
        bob.Write("list.txt", "1\nbob's\n");

        var eve = await scene.RegisteredAsync("eve");
        var stranger = (await eve.TryAsync("clone", $"{scene.Server.Url}/acme/shop", Path.Combine(eve.Home, "clone"))).Expect(4, "not_found");
        var removed = (await bob.TryAsync("clone", $"{scene.Server.Url}/acme/shop", Path.Combine(bob.Home, "clone"))).Expect(4, "not_found");
        Assert.Equal(Message(stranger), Message(removed));
        var invented = (await eve.TryAsync("clone", $"{scene.Server.Url}/acme/shoq", Path.Combine(eve.Home, "clone"))).Expect(4, "not_found");
        Assert.Equal(Message(stranger), Message(invented).Replace("shoq", "shop", StringComparison.Ordinal));
        (await bob.TryAsync("push", "-m", "Too late")).Expect(4, "not_found");
        (await bob.TryAsync("pull")).Expect(4, "not_found");

        // What is his on his machine stays his.
        Assert.Equal("1\nbob's\n", bob.Read("list.txt"));
        await bob.AskAsync("snapshot", "-m", "Still works");
        Assert.Equal("refused", (await bob.AskAsync("sync", "now")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_was_made_offline_before_a_folder_was_closed_is_refused_after_it()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("config/app", "1\n"), ("list.txt", "1\n"));
        await using var ends = scene;
        await bob.AskAsync("sync", "now");
        await bob.StopAgentAsync(); // Bob's laptop is closed.
        bob.Write("config/app", "bob's\n");
        ada.Write(".wt/access/policies.toml", """
            [[policy]]
            name = "settings"
            effect = "deny"
            subjects = [{ role = "developer" }]
            scope = { path = "config/" }
            permissions = ["tree:write"]
            """);
        await ada.AskAsync("push", "-m", "Close the settings");

        await bob.AskAsync("snapshot", "-m", "Made offline");
        await bob.AskAsync("pull");
        (await bob.TryAsync("push")).Expect(5, "denied");
        await bob.AskAsync("branch", "create", "around", "--switch");
        (await bob.TryAsync("push")).Expect(5, "denied");
        await ada.AskAsync("pull");
        Assert.Equal("1\n", ada.Read("config/app"));
    }

    [Fact]
    public async Task A_viewer_can_clone_and_pull_and_a_push_is_denied()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        var vic = await scene.JoinAsync(ada, "vic", "viewer");
        vic.Write("list.txt", "1\nvic\n");
        (await vic.TryAsync("push", "-m", "Not mine to push")).Expect(5, "denied");
        ada.Write("new.txt", "new\n");
        await ada.AskAsync("push", "-m", "New");
        Assert.Equal("merged", (await vic.AskAsync("pull")).GetProperty("outcome").GetString());
        Assert.Equal("new\n", vic.Read("new.txt"));
    }

    [Fact]
    public async Task A_wrong_password_and_a_wrong_name_are_refused_alike()
    {
        await using var scene = Scene.Empty();
        await scene.Server.StartAsync();
        await scene.RegisteredAsync("ada");
        var mallory = scene.Add("mallory");
        async Task<Ran> Login(string name) => (await Run.ToEndAsync(mallory.Prepare(["login", scene.Server.Url, "--user", name, "--password-stdin", "--json"]), "not the password\n")).Expect(5);
        var wrong = await Login("ada");
        var unknown = await Login("nobody");
        Assert.Equal((wrong.ErrorCode, Message(wrong)), (unknown.ErrorCode, Message(unknown)));
    }

    private static string Message(Ran ran) => ran.Json.GetProperty("error").GetProperty("message").GetString()!;
}
