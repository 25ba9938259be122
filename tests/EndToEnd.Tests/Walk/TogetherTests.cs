using W0rktree.EndToEnd.Tests.World;
using W0rktree.Protocol.Ipc;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>What two people and a server do.</summary>
public sealed class TogetherTests
{
    private const string TenLines = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

    [Fact]
    public async Task A_clone_holds_exactly_what_was_pushed()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", TenLines), ("deep/er/ünïcode ☃.txt", "snow\n"), ("empty", ""), ("big.bin", string.Concat(Enumerable.Repeat("0123456789abcdef", 800_000))));
        await using var ends = scene;
        File.SetUnixFileMode(Path.Combine(ada.Work, "list.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(ada.Work, "link"), "deep/er");
        await ada.AskAsync("push", "-m", "Modes and links");

        var bob = await scene.RegisteredAsync("bob");
        (await bob.TryAsync("clone", $"{scene.Server.Url}/acme/shop", bob.Work)).Expect(4, "not_found");
        await ada.AskAsync("tenant", "add", "acme", "bob", "--role", "developer");
        await bob.AskAsync("clone", $"{scene.Server.Url}/acme/shop", bob.Work);
        Assert.Equal(FileTree.Of(ada.Work), FileTree.Of(bob.Work));
        Assert.Equal(await RootAsync(ada), await RootAsync(bob));
    }

    [Fact]
    public async Task Two_people_at_one_file_are_both_warned_before_anybody_pushes()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines), ("other.txt", TenLines));
        await using var ends = scene;
        await using var adas = ada.Watch();
        await using var bobs = bob.Watch();
        await adas.SubscribedAsync();
        await bobs.SubscribedAsync();

        ada.Write("list.txt", "one" + TenLines[1..]);
        await bobs.NextAsync(seen => seen.IsStagedBy("ada"), "ada's work is staged");
        bob.Write("list.txt", TenLines + "11\n");
        var warning = await adas.NextAsync(seen => seen.IsOverlapOn("list.txt", "bob"), "bob works on list.txt too");
        Assert.True(warning.Body.TryGetProperty("server_time", out _));
        await bobs.NextAsync(seen => seen.IsOverlapOn("list.txt", "ada"), "ada works on list.txt too");

        var entries = (await ada.AskAsync("staged", "list")).GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["ada", "bob"], entries.Select(e => e.GetProperty("account").GetString()).Order(StringComparer.Ordinal));
        Assert.All(entries, e => Assert.Equal(["list.txt modified"], AloneTests.Changes(e)));
        Assert.Contains((await ada.AskAsync("status")).GetProperty("overlaps").EnumerateArray(), o => o.GetProperty("account").GetString() == "bob");
    }

    [Fact]
    public async Task Without_the_server_work_goes_on_and_sync_catches_up()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines));
        await using var ends = scene;
        await scene.Server.StopAsync();
        bob.Write("list.txt", TenLines + "offline\n");
        var kept = (await bob.AskAsync("snapshot", "-m", "Without a server")).GetProperty("snapshot").GetProperty("id").GetString();
        await Eventually.FitsAsync(() => bob.AskAsync("status"), s => s.GetProperty("sync").GetProperty("state").GetString() == "offline", "bob's sync says offline");
        await bob.AskAsync("branch", "create", "meanwhile", "--switch");
        await bob.AskAsync("branch", "switch", "main");

        await scene.Server.StartAsync();
        await Eventually.FitsAsync(
            () => ada.AskAsync("staged", "list"),
            list => list.GetProperty("entries").EnumerateArray().Any(e => e.GetProperty("account").GetString() == "bob" && e.GetProperty("snapshot").GetString() == kept),
            "ada sees what bob did offline");
    }

    [Fact]
    public async Task A_push_without_the_server_is_queued_and_goes_out_when_it_is_back()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines));
        await using var ends = scene;
        await scene.Server.StopAsync();
        bob.Write("list.txt", TenLines + "offline\n");
        var refused = (await bob.TryAsync("push", "-m", "Later")).Expect(6, "offline");
        Assert.Contains("queued", refused.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        await scene.Server.StartAsync();
        await Eventually.FitsAsync(() => ada.TryAsync("pull"), pull => pull.ExitCode == 0 && ada.Read("list.txt").EndsWith("offline\n", StringComparison.Ordinal), "ada gets what bob pushed");
    }

    [Fact]
    public async Task Pulls_while_a_push_arrives_all_succeed()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines));
        await using var ends = scene;
        for (var round = 0; round < 4; round++)
        {
            ada.Write("list.txt", $"{round}\n{TenLines}");

            // While the push arrives: sync is told of it and fetches at the same moment.
            var push = ada.AskAsync("push", "-m", $"Round {round}");
            while (!push.IsCompleted)
            {
                Assert.All(await Burst.AskAsync(bob, 8, Methods.Pull, "{}"), reply => Assert.Null(reply.Error));
            }

            await push;
            Assert.All(await Burst.AskAsync(bob, 8, Methods.Pull, "{}"), reply => Assert.Null(reply.Error));
            Assert.Equal(ada.Read("list.txt"), bob.Read("list.txt"));
        }
    }

    [Fact]
    public async Task A_push_from_a_stale_base_is_refused_and_a_pull_merges_disjoint_edits()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines));
        await using var ends = scene;
        ada.Write("list.txt", "one" + TenLines[1..]);
        await ada.AskAsync("push", "-m", "Ada's part");
        bob.Write("list.txt", TenLines + "11\n");
        await bob.AskAsync("snapshot", "-m", "Bob's part");
        (await bob.TryAsync("push")).Expect(3, "stale_base");

        Assert.Equal("merged", (await bob.AskAsync("pull")).GetProperty("outcome").GetString());
        Assert.Equal("one" + TenLines[1..] + "11\n", bob.Read("list.txt"));
        Assert.Equal("pushed", (await bob.AskAsync("push")).GetProperty("outcome").GetString());
        Assert.Equal("up_to_date", (await bob.AskAsync("push")).GetProperty("outcome").GetString());
        Assert.Equal("fast_forward", (await ada.AskAsync("pull")).GetProperty("outcome").GetString());
        Assert.Equal(FileTree.Of(ada.Work), FileTree.Of(bob.Work));
        Assert.Equal(await RootAsync(ada), await RootAsync(bob));
    }

    [Fact]
    public async Task Edits_of_one_line_conflict_keep_both_versions_and_can_be_resolved_by_editing()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines));
        await using var ends = scene;
        ada.Write("list.txt", "ada" + TenLines[1..]);
        await ada.AskAsync("push", "-m", "Ada's line");
        bob.Write("list.txt", "bob" + TenLines[1..]);
        await bob.AskAsync("snapshot", "-m", "Bob's line");

        var pull = (await bob.TryAsync("pull")).Expect(3).Json;
        Assert.Equal("conflicted", pull.GetProperty("outcome").GetString());
        Assert.Equal("list.txt", pull.GetProperty("conflicts")[0].GetProperty("path").GetString());
        var marked = bob.Read("list.txt");
        Assert.All(new[] { "<<<<<<<", "|||||||", "=======", ">>>>>>>", "\nada\n", "\nbob\n" }, part => Assert.Contains(part, marked, StringComparison.Ordinal));
        Assert.Single((await bob.AskAsync("status")).GetProperty("conflicts").EnumerateArray());
        (await bob.TryAsync("push")).Expect(3, "conflicted");
        Assert.StartsWith("ada\n", (await bob.TextAsync("show", "main@server", "list.txt")).Output, StringComparison.Ordinal);
        Assert.StartsWith("bob\n", (await bob.TextAsync("show", "@~1", "list.txt")).Output, StringComparison.Ordinal);

        bob.Write("list.txt", "ada and bob" + TenLines[1..]);
        Assert.Empty((await bob.AskAsync("snapshot", "-m", "Both")).GetProperty("conflicts").EnumerateArray());
        await bob.AskAsync("push");
        await ada.AskAsync("pull");
        Assert.Equal(FileTree.Of(bob.Work), FileTree.Of(ada.Work));
        Assert.StartsWith("ada and bob\n", ada.Read("list.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Automatic_snapshots_are_folded_by_a_push_and_messages_kept()
    {
        var (scene, ada, bob) = await Scene.SharedAsync(("list.txt", TenLines));
        await using var ends = scene;
        for (var round = 0; round < 2; round++)
        {
            ada.Write("list.txt", TenLines + $"round {round}\n");
            await Eventually.FitsAsync(() => ada.AskAsync("status"), s => s.GetProperty("changes").GetArrayLength() == 0, "an automatic snapshot");
        }

        ada.Write("list.txt", TenLines + "by hand\n");
        await ada.AskAsync("snapshot", "-m", "By hand");
        var push = await ada.AskAsync("push");
        Assert.Equal((1, 2), (push.GetProperty("snapshots").GetInt32(), push.GetProperty("folded").GetInt32()));
        await bob.AskAsync("pull");
        var log = await AloneTests.LogAsync(bob);
        Assert.Equal(["By hand", "First snapshot"], log.Take(2).Select(s => s.GetProperty("message").GetString()!.TrimEnd('\n')));
    }

    private static async Task<string> RootAsync(Person person) => (await person.AskAsync("show")).GetProperty("snapshot").GetProperty("root").GetString()!;
}
