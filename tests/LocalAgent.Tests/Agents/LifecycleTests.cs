using System.Text.Json;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>Starts, ends and crashes of real agent processes.</summary>
public sealed class LifecycleTests
{
    private static readonly (string, string)[] s_noAutoSnapshots =
        [("WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S", "3600"), ("WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES", "1000000")];

    [Fact]
    public async Task Of_twenty_agents_started_at_once_one_stays()
    {
        await using var agent = new AgentProcess();
        var starters = Enumerable.Range(0, 20).Select(_ => agent.Launch("--detach")).ToList();
        foreach (var starter in starters)
        {
            await starter.WaitForExitAsync();
            Assert.Equal(0, starter.ExitCode);
            starter.Dispose();
        }

        var pids = new HashSet<int>();
        for (var i = 0; i < 5; i++)
        {
            await using var client = await TestClient.OpenAsync(agent.Socket, agent.Work);
            pids.Add((await client.CallAsync(Methods.Hello, new HelloParams(1, "test"), IpcJson.Default.HelloParams, IpcJson.Default.HelloResult)).Pid);
        }

        var pid = Assert.Single(pids);
        Assert.Equal($"{pid}", (await File.ReadAllTextAsync(Path.Combine(agent.Data, "worker.pid"))).Trim());
        await using (var client = await agent.ConnectAsync())
        {
            await client.CallAsync(Methods.WorkerStop, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.Nothing);
            Assert.Null(await client.ReadAsync());
        }

        await AgentProcess.GoneAsync(pid);
    }

    [LinuxFact]
    public async Task A_detached_agent_keeps_nothing_open_that_its_starter_had()
    {
        await using var agent = new AgentProcess();
        var held = Path.Combine(agent.Work, "held");
        await File.WriteAllTextAsync(held, "by the starter");
        using (var starter = agent.LaunchBy("bash", "-c", "exec 9<\"$1\"; \"$0\" --detach", AgentProcess.Program, held))
        {
            await starter.WaitForExitAsync();
            Assert.Equal(0, starter.ExitCode);
        }

        var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(agent.Data, "worker.pid")), System.Globalization.CultureInfo.InvariantCulture);
        var open = Directory.GetFiles($"/proc/{pid}/fd").Select(file => new FileInfo(file).LinkTarget).ToArray();
        Assert.Contains(open, target => target?.EndsWith("worker.lock", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(held, open);
        await using (var client = await agent.ConnectAsync())
        {
            await client.CallAsync(Methods.WorkerStop, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.Nothing);
        }

        await AgentProcess.GoneAsync(pid);
    }

    [Fact]
    public async Task A_second_agent_in_the_foreground_says_that_one_runs()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        using var second = agent.Launch("--foreground");
        await second.WaitForExitAsync();
        Assert.Equal(3, second.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clean_end_keeps_what_is_pending_and_leaves_no_socket_and_no_pid(bool byRequest)
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        await agent.InitAsync();
        agent.Write("pending.txt", "pending");
        Assert.Equal(0, byRequest ? await agent.StopAsync() : await agent.TerminateAsync());
        Assert.False(File.Exists(agent.Socket));
        Assert.False(File.Exists(Path.Combine(agent.Data, "worker.pid")));

        await agent.StartAsync();
        var status = await agent.StatusAsync();
        Assert.Empty(status.Changes);
        Assert.Equal("auto", status.Tip!.Kind);
        Assert.Null(status.Recovery);
    }

    [Fact]
    public async Task What_changed_while_a_killed_agent_was_gone_becomes_a_recovery_snapshot_and_is_told()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write("a.txt", "before");
        await agent.InitAsync();
        await agent.KillAsync();
        agent.Write("a.txt", "while no agent ran");
        agent.Write("b.txt", "new");

        await agent.StartAsync();
        var status = await agent.StatusAsync();
        Assert.Equal("recovery", status.Tip!.Kind);
        Assert.Empty(status.Changes);
        Assert.True(status.Recovery!.StalePid);
        Assert.Equal(2, status.Recovery.FilesChanged);
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.ReflogList, new ReflogListParams(1), IpcJson.Default.ReflogListParams, IpcJson.Default.ReflogListResult);
        Assert.Equal("recovery", Assert.Single(client.Events).Deserialize(IpcJson.Default.ReflogEntryInfo)!.Operation);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(200)]
    public async Task An_agent_killed_amid_a_snapshot_of_a_thousand_files_loses_none(int afterMs)
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        await agent.InitAsync();
        for (var i = 0; i < 1000; i++)
        {
            agent.Write($"d{i % 20}/f{i}.txt", $"file {i} of {afterMs}");
        }

        await using (var client = await agent.ConnectAsync())
        {
            await client.SendAsync(new RequestFrame { Id = 7, Method = Methods.SnapshotCreate, Cwd = agent.Work, Params = JsonSerializer.SerializeToElement(new SnapshotCreateParams("big"), IpcJson.Default.SnapshotCreateParams) });
            await Task.Delay(afterMs); // The moment of the kill is the point of the test; whichever it is, nothing may be lost.
            await agent.KillAsync();
        }

        await agent.StartAsync();
        Assert.Empty((await agent.StatusAsync()).Changes);
        await AssertHealthyAsync(agent);
        await using var after = await agent.ConnectAsync();
        for (var i = 0; i < 1000; i += 37)
        {
            await after.CallAsync(Methods.Show, new ShowParams("@", agent.At($"d{i % 20}/f{i}.txt")), IpcJson.Default.ShowParams, IpcJson.Default.ShowResult);
            Assert.Equal($"file {i} of {afterMs}", System.Text.Encoding.UTF8.GetString(after.Events[0].Deserialize(IpcJson.Default.ContentEvent)!.Data));
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(150)]
    public async Task A_switch_that_a_kill_interrupted_is_finished_or_never_began(int afterMs)
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        for (var i = 0; i < 600; i++)
        {
            agent.Write($"d{i % 10}/f{i}.txt", "main");
        }

        await agent.InitAsync();
        await using (var client = await agent.ConnectAsync())
        {
            await client.CallAsync(Methods.BranchCreate, new BranchCreateParams("other", null, true), IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult);
            for (var i = 0; i < 600; i++)
            {
                agent.Write($"d{i % 10}/f{i}.txt", "other");
            }

            await client.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams("other"), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
            await client.SendAsync(new RequestFrame { Id = 7, Method = Methods.BranchSwitch, Cwd = agent.Work, Params = JsonSerializer.SerializeToElement(new BranchSwitchParams("main"), IpcJson.Default.BranchSwitchParams) });
            await Task.Delay(afterMs);
            await agent.KillAsync();
        }

        await agent.StartAsync();
        var status = await agent.StatusAsync();
        Assert.Empty(status.Changes);
        Assert.All(Enumerable.Range(0, 600), i => Assert.Equal(status.Branch, File.ReadAllText(agent.At($"d{i % 10}/f{i}.txt"))));
        await AssertHealthyAsync(agent);
    }

    [Fact]
    public async Task A_worktree_that_was_deleted_is_let_go_when_the_next_one_is_opened()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        await agent.InitAsync();
        var roots = Path.Combine(agent.Data, "roots.json");
        Assert.Contains(agent.Work, await File.ReadAllTextAsync(roots), StringComparison.Ordinal);
        Directory.Delete(agent.Work, recursive: true);
        var second = agent.Work + "-second";
        Directory.CreateDirectory(second);
        await using (var client = await agent.ConnectAsync(second))
        {
            await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(second, null, "second"), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult);
        }

        Assert.DoesNotContain($"\"{agent.Work}\"", await File.ReadAllTextAsync(roots), StringComparison.Ordinal);
        Directory.CreateDirectory(agent.Work);
    }

    [Fact]
    public async Task A_worktree_that_was_moved_goes_on_in_its_new_place()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        var first = agent.At("first");
        Directory.CreateDirectory(first);
        await File.WriteAllTextAsync(Path.Combine(first, "a.txt"), "a");
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.WorktreeInit, new WorktreeInitParams(first, null, null), IpcJson.Default.WorktreeInitParams, IpcJson.Default.WorktreeInitResult);
        Directory.Move(first, agent.At("second"));
        await File.WriteAllTextAsync(agent.At("second/b.txt"), "b");
        await using var moved = await TestClient.OpenAsync(agent.Socket, agent.At("second"));
        await moved.CallAsync(Methods.Hello, new HelloParams(1, "test"), IpcJson.Default.HelloParams, IpcJson.Default.HelloResult);
        var status = await moved.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult);
        Assert.Equal(agent.At("second"), status.Root);
        Assert.Equal("b.txt", Assert.Single(status.Changes).Path);
    }

    private static async Task AssertHealthyAsync(AgentProcess agent)
    {
        await using var client = await agent.ConnectAsync();
        var verified = await client.CallAsync(Methods.DebugVerify, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.VerifyResult);
        Assert.True(verified.Healthy, string.Join("; ", verified.Problems.Select(problem => problem.What)));
    }
}
