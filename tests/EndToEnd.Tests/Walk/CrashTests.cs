using System.Diagnostics;
using W0rktree.EndToEnd.Tests.World;

namespace W0rktree.EndToEnd.Tests.Walk;

/// <summary>What is left after a program ended in the middle of its work.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task A_push_that_was_acknowledged_is_there_after_the_server_was_killed()
    {
        var (scene, ada) = await Scene.PushedAsync(("list.txt", "1\n"));
        await using var ends = scene;
        for (var round = 0; round < 3; round++)
        {
            ada.Write("list.txt", $"round {round}\n");
            var pushed = (await ada.AskAsync("push", "-m", $"Round {round}")).GetProperty("after").GetString();
            await scene.Server.KillAsync();
            await scene.Server.StartAsync();
            var clone = Path.Combine(ada.Home, $"clone-{round}");
            Assert.Equal(pushed, (await ada.AskAsync("clone", $"{scene.Server.Url}/acme/shop", clone)).GetProperty("snapshot").GetString());
            Assert.Equal($"round {round}\n", await File.ReadAllTextAsync(Path.Combine(clone, "list.txt")));
        }
    }

    [Fact]
    public async Task An_agent_that_is_killed_in_the_middle_of_a_snapshot_loses_nothing()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Write("list.txt", "1\n");
        await ada.AskAsync("init");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 400; i++)
            {
                ada.Write($"round-{round}/{i % 20}/{i}.txt", $"{round} {i}\n");
            }

            var files = FileTree.Of(ada.Work);
            using var agent = Process.GetProcessById((await ada.AgentAsync())!.Value);
            var snapshot = ada.TryAsync("snapshot", "-m", $"Round {round}");
            using var progress = new CancellationTokenSource(TimeSpan.FromMilliseconds(40 * (round + 1)));
            await Task.WhenAny(snapshot, Task.Delay(Timeout.Infinite, progress.Token)); // Anywhere in it: each round later.
            agent.Kill();
            await agent.WaitForExitAsync();
            await snapshot;

            await ada.AskAsync("status");
            Assert.Equal(files, FileTree.Of(ada.Work));
            await ada.AskAsync("snapshot", "-m", $"After round {round}");
            Assert.Empty((await ada.AskAsync("status")).GetProperty("changes").EnumerateArray());
            Assert.True((await ada.AskAsync("debug", "verify")).GetProperty("healthy").GetBoolean());
        }

        // The last snapshot holds everything that was ever written.
        await ada.AskAsync("branch", "create", "copy");
        var before = AloneTests.Files(ada.Work);
        Directory.Delete(Path.Combine(ada.Work, "round-0"), recursive: true);
        Directory.Delete(Path.Combine(ada.Work, "round-1"), recursive: true);
        await ada.AskAsync("restore", "--from", "copy", "round-0", "round-1");
        Assert.Equal(before, AloneTests.Files(ada.Work));
    }

    [Fact]
    public async Task What_changed_while_no_agent_ran_is_in_the_next_status()
    {
        await using var scene = Scene.Empty();
        var ada = scene.Add("ada");
        ada.Environment["WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S"] = "3600";
        ada.Write("list.txt", "1\n");
        ada.Write("gone.txt", "1\n");
        await ada.AskAsync("init");
        await ada.KillAgentAsync();
        ada.Write("list.txt", "2\n");
        ada.Write("new.txt", "new\n");
        File.Delete(Path.Combine(ada.Work, "gone.txt"));

        var status = await ada.AskAsync("status");
        Assert.True(status.TryGetProperty("recovery", out _), $"The crash is not visible: {status}");
        var log = await AloneTests.LogAsync(ada);
        Assert.Equal("recovery", log[0].GetProperty("kind").GetString());
        Assert.Equal(["gone.txt deleted", "list.txt modified", "new.txt added"], AloneTests.Changes(await ada.AskAsync("show")));
    }
}
