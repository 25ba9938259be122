using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using W0rktree.Core.Paths;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Rest;

/// <summary>History and files through REST, for who may read all of it and for who may not.</summary>
public sealed class ReadingTests(SharedServer server) : IClassFixture<SharedServer>
{
    private const string Policies = """
        [[policy]]
        name = "closed"
        effect = "deny"
        subjects = [{ role = "developer" }]
        scope = { path = "secret/" }
        permissions = ["tree:read", "tree:write"]
        """;

    [Fact]
    public async Task History_files_and_differences_are_what_was_pushed()
    {
        var scene = await SceneAsync();
        using var rest = new RestClient(server.Address, scene.Owner.Token);

        var history = (await rest.ReadAsync($"{scene.At}/history")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["third", "second", "first"], history.Select(s => s.GetProperty("message").GetString()));
        Assert.Equal(scene.Head, history[0].GetProperty("id").GetString());
        Assert.Equal(["second"], (await rest.ReadAsync($"{scene.At}/history?path=secret")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("message").GetString()!).Except(["first"]));
        var page = await rest.ReadAsync($"{scene.At}/history?limit=2");
        Assert.Equal("first", (await rest.ReadAsync($"{scene.At}/history?limit=2&cursor={page.GetProperty("next_cursor")}")).GetProperty("items")[0].GetProperty("message").GetString());

        var content = await rest.GetAsync($"{scene.At}/content?path=src/app.cs");
        Assert.Equal(("class App2;", "application/octet-stream", "attachment"), (content.Text, content.Headers["Content-Type"], content.Headers["Content-Disposition"]));
        Assert.Equal("class App;", (await rest.GetAsync($"{scene.At}/content?path=src/app.cs&at=main~2")).Text);
        Assert.Equal(HttpStatusCode.NotModified, (await rest.SendAsync(HttpMethod.Get, $"{scene.At}/content?path=src/app.cs", null, content.Headers["ETag"])).Status);

        Assert.Equal([".wt", "secret", "src"], (await rest.ReadAsync($"{scene.At}/entries")).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("path").GetString()));
        var patch = await rest.GetAsync($"{scene.At}/patch?from=main~1&to=main");
        Assert.Contains("-class App;", patch.Text, StringComparison.Ordinal);
        Assert.Contains("+class App2;", patch.Text, StringComparison.Ordinal);
        var changes = (await rest.ReadAsync($"{scene.At}/diff?from=main~2")).GetProperty("changes").EnumerateArray().Select(c => (c.GetProperty("path").GetString(), c.GetProperty("change").GetString()));
        Assert.Equal([("secret/plan", "modified"), ("src/app.cs", "modified")], changes);
        Assert.Equal("not_found", (await rest.GetAsync($"{scene.At}/content?path=src")).Code);
        Assert.Equal("not_found", (await rest.GetAsync($"{scene.At}/history?at=main~9")).Code);
    }

    [Fact]
    public async Task A_hidden_path_answers_like_one_that_does_not_exist_in_every_route()
    {
        var scene = await SceneAsync();
        using var rest = new RestClient(server.Address, scene.Developer.Token);
        var absent = await rest.GetAsync($"{scene.At}/content?path=no/such");
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (absent.Status, absent.Code));
        foreach (var path in new[] { "content?path=secret/plan", "content?path=secret/plan&at=main~2", "entries?path=secret", "content?path=secret" })
        {
            Assert.Equal(absent.Text, (await rest.GetAsync($"{scene.At}/{path}")).Text);
        }

        var history = (await rest.ReadAsync($"{scene.At}/history")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal((3, false, false), (history.Length, history[1].TryGetProperty("message", out _), history[1].TryGetProperty("author", out _)));
        foreach (var path in new[] { "history", "history?path=secret", "entries", "diff?from=main~2", "patch?from=main~2", "snapshots/main~1", "snapshots/main", "branches", "staged" })
        {
            var reply = await rest.GetAsync($"{scene.At}/{path}");
            Assert.Equal(HttpStatusCode.OK, reply.Status);
            foreach (var never in new[] { "secret/", "plan", "whole", "second" })
            {
                Assert.DoesNotContain(never, reply.Text, StringComparison.Ordinal);
            }
        }

        Assert.Equal("""{"items":[]}""", (await rest.GetAsync($"{scene.At}/history?path=secret")).Text);
        Assert.Equal([".wt", "src"], (await rest.ReadAsync($"{scene.At}/entries")).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task A_snapshot_with_a_conflict_on_a_hidden_path_is_not_there_by_REST_as_by_gRPC()
    {
        var scene = await SceneAsync();
        var (open, hidden, after) = (await ConflictAsync("src/app.cs", scene.Tip), await ConflictAsync("secret/plan", scene.Tip), default(SnapshotId));
        after = await scene.Objects.AddAsync((await scene.Objects.Graph.ReadSnapshotAsync(scene.Tip, default)).Root, SnapshotKind.Manual, "resolved", hidden);
        await scene.Owner.UploadAsync(scene.Tree, scene.Objects, open, scene.Tip);
        await scene.Owner.UploadAsync(scene.Tree, scene.Objects, after, scene.Tip);
        using var all = new RestClient(server.Address, scene.Owner.Token);
        using var part = new RestClient(server.Address, scene.Developer.Token);

        Assert.True((await all.ReadAsync($"{scene.At}/snapshots/{hidden}")).GetProperty("snapshot").GetProperty("conflicted").GetBoolean());
        Assert.True((await part.ReadAsync($"{scene.At}/snapshots/{open}")).GetProperty("snapshot").GetProperty("conflicted").GetBoolean());
        var absent = await part.GetAsync($"{scene.At}/snapshots/{new string('0', 63)}1");
        Assert.Equal("not_found", absent.Code);
        foreach (var path in new[] { "snapshots/{0}", "history?at={0}", "history?at={1}", "history?at={1}~1", "entries?at={0}", "content?path=src/app.cs&at={0}", "diff?from={0}", "diff?from=main&to={0}", "patch?from=main&to={0}" })
        {
            Assert.Equal(absent.Text, (await part.GetAsync($"{scene.At}/{string.Format(path, hidden, after)}")).Text);
        }

        foreach (var id in new[] { hidden, after })
        {
            Assert.Equal("not_found", (await Person.RefusedAsync(() => scene.Developer.DownloadAsync(scene.Tree, new MemoryObjects(), [id]))).Code);
        }

        async Task<SnapshotId> ConflictAsync(string path, SnapshotId parent)
        {
            var side = new ConflictSide(EntryKind.File, 1, scene.Objects.Content("x"));
            return await scene.Objects.WriteSnapshotAsync(
                Snapshots.Make((await scene.Objects.Graph.ReadSnapshotAsync(parent, default)).Root, SnapshotKind.Merge, "a conflict", [parent])
                    .WithConflicts([new Conflict(TreePath.Parse(path).Value, ConflictKind.Content, null, side, side)]), default);
        }
    }

    [Fact]
    public async Task A_stranger_is_told_what_is_told_of_what_does_not_exist()
    {
        var scene = await SceneAsync();
        var eve = await Person.RegisterAsync(server.Channel);
        using var rest = new RestClient(server.Address, eve.Token);
        var absent = (await rest.GetAsync("worktrees/nobody/nothing")).Text;
        foreach (var path in new[] { "", "/trees", "/branches", "/branches/main", "/history", "/snapshots/main", "/entries", "/content?path=src/app.cs", "/diff?from=main", "/patch?from=main", "/staged", "/events" })
        {
            Assert.Equal(absent, (await rest.GetAsync(scene.At + path)).Text);
        }
    }

    [Fact]
    public async Task A_token_without_the_scope_reads_no_file()
    {
        var scene = await SceneAsync();
        using var rest = new RestClient(server.Address, scene.Owner.Token);
        var made = (await rest.SendAsync(HttpMethod.Post, "tokens", new { name = "ci", scopes = new[] { "branch:read", "sync:pull" } })).Json.GetProperty("token").GetString();
        using var script = new RestClient(server.Address, made);
        Assert.Equal("denied", (await script.GetAsync($"{scene.At}/content?path=src/app.cs")).Code);
    }

    [Fact]
    public async Task Events_come_over_a_web_socket_and_end_with_the_token()
    {
        var scene = await SceneAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {scene.Developer.Token}");
        await socket.ConnectAsync(new Uri($"{server.Address.Replace("http", "ws", StringComparison.Ordinal)}/api/v1/{scene.At}/events"), default);
        Assert.Equal("hello", (await NextAsync(socket)).GetProperty("type").GetString());

        var objects = scene.Objects;
        var next = await objects.AddAsync((await objects.Graph.ReadSnapshotAsync(scene.Tip, default)).Root, SnapshotKind.Manual, "fourth", scene.Tip);
        await scene.Owner.UploadAsync(scene.Tree, objects, next, scene.Tip);
        await scene.Owner.PushAsync(scene.Tree, scene.Tip, next);
        var moved = await NextAsync(socket);
        Assert.Equal(("branch_moved", next.ToString()), (moved.GetProperty("type").GetString(), moved.GetProperty("snapshot").GetString()));

        await scene.Developer.Identity.SignOutAsync(new SignOutRequest(), scene.Developer.Head);
        Assert.Equal("token_revoked", (await NextAsync(socket)).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[10], default).WaitAsync(TestServer.Patience)).MessageType);
    }

    private static async Task<JsonElement> NextAsync(ClientWebSocket socket)
    {
        while (true)
        {
            var buffer = new byte[65_536];
            var received = await socket.ReceiveAsync(buffer, default).WaitAsync(TestServer.Patience);
            var json = JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, received.Count)).RootElement;
            if (!json.TryGetProperty("type", out var type) || type.GetString() != "heartbeat")
            {
                return json;
            }
        }
    }

    private async Task<Scene> SceneAsync()
    {
        var (owner, developer) = (await Person.RegisterAsync(server.Channel), await Person.RegisterAsync(server.Channel));
        var tree = await owner.CreateWorktreeAsync("site");
        await owner.AddMemberAsync(developer);
        var objects = new MemoryObjects();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { [".wt/access/policies.toml"] = Policies, ["secret/plan"] = "whole-plan", ["src/app.cs"] = "class App;" };
        var first = await objects.AddAsync(await objects.TreeAsync(files), SnapshotKind.Manual, "first");
        files["secret/plan"] = "whole-plan-2";
        var second = await objects.AddAsync(await objects.TreeAsync(files), SnapshotKind.Manual, "second", first);
        files["src/app.cs"] = "class App2;";
        var third = await objects.AddAsync(await objects.TreeAsync(files), SnapshotKind.Manual, "third", second);
        await owner.UploadAsync(tree, objects, third);
        await owner.PushAsync(tree, default, third);
        return new Scene(owner, developer, tree, objects, third, $"worktrees/{owner.Slug}/site");
    }

    private sealed record Scene(Person Owner, Person Developer, TreeRef Tree, MemoryObjects Objects, SnapshotId Tip, string At)
    {
        public string Head => Tip.ToString();
    }
}
