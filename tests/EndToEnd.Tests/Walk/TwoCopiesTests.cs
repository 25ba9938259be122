using System.Text.Json;
using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>Two working copies of one tree on one store, and a server: each has its own part of the queue, its own line, its own staged work.</summary>
public sealed class TwoCopiesTests
{
    [Fact]
    public async Task Each_copy_stages_and_pushes_its_own_line_and_what_they_share_goes_up_once()
    {
        var (scene, ada) = await Scene.PushedAsync(("one.txt", "1\n"), ("two.txt", "2\n"));
        await using var ends = scene;
        var (first, second) = (ada.Work, Path.Combine(ada.Home, "second"));
        await scene.Server.StopAsync();

        // Both queues begin with the same snapshot, which the server does not have.
        ada.Write("one.txt", "1\nshared by both\n");
        await ada.AskAsync("snapshot", "-m", "Shared");
        await ada.AskAsync("branch", "create", "feature");
        await ada.AskAsync("copy", "add", second, "feature");
        var tips = new Dictionary<string, string>();
        foreach (var (work, file) in new[] { (first, "one.txt"), (second, "two.txt") })
        {
            ada.Work = work;
            ada.Write(file, $"from {file}\n");
            tips[work] = (await ada.AskAsync("snapshot", "-m", $"Work on {file}")).GetProperty("snapshot").GetProperty("id").GetString()!;
        }

        await scene.Server.StartAsync();
        await Eventually.FitsAsync(
            () => ada.AskAsync("staged", "list"),
            list => tips.Values.All(tip => list.GetProperty("entries").EnumerateArray().Any(entry => entry.GetProperty("snapshot").GetString() == tip)),
            "the work of both copies is staged");
        foreach (var work in tips.Keys)
        {
            ada.Work = work;
            await Eventually.FitsAsync(() => ada.AskAsync("sync", "status"), sync => sync.GetProperty("pending").GetInt32() == 0, "nothing is left of a copy's queue");
        }

        ada.Work = first;
        var one = ada.TryAsync("push", "-m", "One");
        ada.Work = second;
        var two = ada.TryAsync("push", "-m", "Two");
        var heads = new[] { Head(await one), Head(await two) };
        var bob = await scene.JoinAsync(ada, "bob");
        Assert.Equal("from one.txt\n", bob.Read("one.txt"));
        Assert.Equal("2\n", bob.Read("two.txt"));
        Assert.Equal(heads[0], await TipAsync(bob, "main@server"));
        Assert.Equal(heads[1], await TipAsync(bob, "feature@server"));
        ada.Work = first;
        string[] here = [await TipAsync(ada, "main"), await TipAsync(ada, "feature")];
        Assert.Equal(heads, here);
    }

    [Fact]
    public async Task Two_copies_on_one_branch_push_one_after_the_other_and_a_kill_between_loses_nothing()
    {
        var (scene, ada) = await Scene.PushedAsync(("one.txt", "1\n"), ("two.txt", "2\n"));
        await using var ends = scene;
        var (first, second) = (ada.Work, Path.Combine(ada.Home, "second"));
        await ada.AskAsync("copy", "add", second, "main");
        ada.Write("one.txt", "by the first\n");
        await ada.AskAsync("snapshot", "-m", "First");
        ada.Work = second;
        ada.Write("two.txt", "by the second\n");
        await ada.AskAsync("push", "-m", "Second");
        await ada.KillAgentAsync();

        ada.Work = first;
        Assert.Equal("by the first\n", ada.Read("one.txt"));
        (await ada.TryAsync("push", "-m", "First")).Expect(3, "stale_base");
        await ada.AskAsync("pull");
        Assert.Equal("by the second\n", ada.Read("two.txt"));
        await ada.AskAsync("push", "-m", "First");
        ada.Work = second;
        await ada.AskAsync("pull");
        Assert.Equal("by the first\n", ada.Read("one.txt"));
        Assert.True((await ada.AskAsync("debug", "verify")).GetProperty("healthy").GetBoolean());

        // What one copy keeps from the team the other does not: pausing belongs to the copy.
        await ada.AskAsync("sync", "pause");
        ada.Write("two.txt", "kept to myself\n");
        var kept = (await ada.AskAsync("snapshot", "-m", "Kept")).GetProperty("snapshot").GetProperty("id").GetString();
        ada.Work = first;
        ada.Write("one.txt", "shown\n");
        var shown = (await ada.AskAsync("snapshot", "-m", "Shown")).GetProperty("snapshot").GetProperty("id").GetString();
        var list = await Eventually.FitsAsync(() => ada.AskAsync("staged", "list"), staged => Staged(staged).Contains(shown), "the first copy's work is staged");
        Assert.DoesNotContain(kept, Staged(list));
    }

    private static IEnumerable<string?> Staged(JsonElement list) => list.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("snapshot").GetString());

    private static string Head(Ran push) => push.Expect(0).Json.GetProperty("after").GetString()!;

    private static async Task<string> TipAsync(Person person, string branch) =>
        (await person.AskAsync("show", branch)).GetProperty("snapshot").GetProperty("id").GetString()!;
}
