using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>What the agent says of itself and its server, and its settings from the command line.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task Worker_status_tells_the_truth_about_the_server()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        var before = TimeProvider.System.GetUtcNow();
        await ada.AskAsync("sync", "now");
        var server = (await ada.AskAsync("worker", "status")).GetProperty("server");
        Assert.Equal(("connected", "ada", scene.Server.Url, "gRPC, HTTP/2"), (server.GetProperty("connection").GetString(), server.GetProperty("account").GetString(), server.GetProperty("url").GetString(), server.GetProperty("protocol").GetString()));
        Assert.True(server.GetProperty("latency_ms").GetDouble() > 0);
        Assert.InRange(server.GetProperty("last_sync").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow());
        Assert.Equal(0, server.GetProperty("pending_sync").GetInt32());

        await scene.Server.StopAsync();
        ada.Write("list.txt", "2\n");
        await ada.AskAsync("snapshot", "-m", "Without a server");
        await ada.AskAsync("sync", "now");
        server = (await ada.AskAsync("worker", "status")).GetProperty("server");
        Assert.Equal(("offline", 1), (server.GetProperty("connection").GetString(), server.GetProperty("pending_sync").GetInt32()));
        Assert.NotEmpty(server.GetProperty("last_error").GetString()!);
        Assert.Contains("1 waiting", (await ada.TextAsync("worker", "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_held_is_told_without_the_server_too()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        await scene.Server.StopAsync();
        ada.Write("token.txt", "ghp_" + "q7Zt2Kx9Lw4Rb6Vn1Mc8Py3Hd5Jf0Gs7Ta2E\n");
        await ada.AskAsync("snapshot", "-m", "Without a server");
        await ada.AskAsync("sync", "now");
        Assert.Equal("token.txt", (await ada.AskAsync("status")).GetProperty("held")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Settings_are_set_shown_and_taken_out_and_comments_stay()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        Directory.CreateDirectory(ada.Work);
        var file = Path.Combine(ada.Home, ".config", "w0rktree", "config.toml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "# who I am\n[user]\nname = \"Ada\" # Lovelace\nnonsense = 1\n");
        await ada.AskAsync("config", "set", "user.email", "ada@example.org");
        Assert.Equal("# who I am\n[user]\nname = \"Ada\" # Lovelace\nnonsense = 1\nemail = \"ada@example.org\"\n", await File.ReadAllTextAsync(file));
        Assert.Equal("Ada\n", (await ada.TextAsync("config", "get", "user.name")).Output);
        Assert.Contains($"user, {file}:3", (await ada.TextAsync("config", "get", "user.name", "--origin")).Output, StringComparison.Ordinal);
        var problem = Assert.Single((await ada.AskAsync("config", "show")).GetProperty("problems").EnumerateArray());
        Assert.Equal("unknown_key", problem.GetProperty("code").GetString());
        Assert.StartsWith($"{file}:4:1:", problem.GetProperty("message").GetString(), StringComparison.Ordinal);

        ada.Write("a.txt", "a");
        await ada.AskAsync("init");
        Assert.Equal("Ada <ada@example.org>", (await ada.AskAsync("log")).GetProperty("author").GetString());
        await ada.AskAsync("config", "set", "--worktree", "diff.rename_similarity", "80");
        Assert.Equal("80", (await ada.AskAsync("config", "get", "diff.rename_similarity")).GetProperty("value").GetString());
        // The file is part of the tree, so a snapshot of it may have followed by itself.
        Assert.Contains("config", (await ada.TextAsync("reflog", "-n", "3")).Output, StringComparison.Ordinal);
        await ada.AskAsync("config", "unset", "--worktree", "diff.rename_similarity");
        Assert.Equal("default", (await ada.AskAsync("config", "get", "diff.rename_similarity")).GetProperty("level").GetString());
        (await ada.TryAsync("config", "set", "--worktree", "server.url", "http://x")).Expect(2, "untrusted_key");
        (await ada.TryAsync("config", "get", "diff.rename_similarty")).Expect(2, "unknown_key");
    }
}
