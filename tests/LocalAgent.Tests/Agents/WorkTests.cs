using System.Text.Json;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>Daily work with a real agent process, told and seen through its socket.</summary>
public sealed class WorkTests
{
    [Fact]
    public async Task Status_tells_every_write_that_finished_before_the_question()
    {
        await using var agent = new AgentProcess(("WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S", "3600"), ("WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES", "100000"));
        await agent.StartAsync();
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        var expected = new SortedSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 300; round++)
        {
            var path = $"d{round % 7}/f{round}.txt";
            agent.Write(path, $"round {round}");
            expected.Add(path);
            if (round % 5 == 4)
            {
                var gone = expected.First();
                File.Delete(agent.At(gone));
                expected.Remove(gone);
            }

            var status = await client.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult);
            Assert.Equal(expected, status.Changes.Select(change => change.Path).ToHashSet());
        }
    }

    [Fact]
    public async Task A_rewrite_of_the_same_length_right_after_a_snapshot_is_seen()
    {
        await using var agent = new AgentProcess(("WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S", "3600"));
        await agent.StartAsync();
        agent.Write("a.txt", "000");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        for (var round = 1; round < 60; round++)
        {
            agent.Write("a.txt", $"{round:D3}");
            var made = await client.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams(null), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
            Assert.NotNull(made.Snapshot);
            agent.Write("a.txt", $"{round + 500:D3}");
            var status = await client.CallAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.StatusResult);
            Assert.Equal("modified", Assert.Single(status.Changes).Change);
        }
    }

    [Fact]
    public async Task Switching_to_and_fro_gives_back_each_branch_as_it_was_left()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("shared.txt", "base\n");
        agent.Write("dir/inner.txt", "inner\n");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.BranchCreate, new BranchCreateParams("feature", null, true), IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult);
        agent.Write("shared.txt", "feature\n");
        File.Delete(agent.At("dir/inner.txt"));
        Directory.Delete(agent.At("dir"));
        agent.Write("dir", "a file where a folder was\n");
        var back = await SwitchAsync(client, "main");

        Assert.NotNull(back.SavedAs);
        Assert.Equal("base\n", File.ReadAllText(agent.At("shared.txt")));
        Assert.Equal("inner\n", File.ReadAllText(agent.At("dir/inner.txt")));

        await SwitchAsync(client, "feature");
        Assert.Equal("feature\n", File.ReadAllText(agent.At("shared.txt")));
        Assert.Equal("a file where a folder was\n", File.ReadAllText(agent.At("dir")));
        Assert.Empty((await agent.StatusAsync()).Changes);
    }

    [Fact]
    public async Task A_switch_never_overwrites_an_ignored_file()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "a");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.BranchCreate, new BranchCreateParams("feature", null, true), IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult);
        agent.Write("secret.env", "tracked on feature");
        await SwitchAsync(client, "main");
        agent.Write(".gitignore", "secret.env\n");
        agent.Write("secret.env", "mine alone");
        var error = await client.RefusedAsync(Methods.BranchSwitch, new BranchSwitchParams("feature"), IpcJson.Default.BranchSwitchParams);

        Assert.Equal("would_overwrite", error.Code);
        Assert.Equal("mine alone", File.ReadAllText(agent.At("secret.env")));
        Assert.Equal("main", (await agent.StatusAsync()).Branch);
    }

    [Fact]
    public async Task A_conflicted_merge_shows_all_three_sides_and_is_answered_by_a_snapshot()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "base\n");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.BranchCreate, new BranchCreateParams("feature", null, true), IpcJson.Default.BranchCreateParams, IpcJson.Default.BranchResult);
        agent.Write("a.txt", "theirs\n");
        await SwitchAsync(client, "main");
        agent.Write("a.txt", "ours\n");
        var merged = await client.CallAsync(Methods.Merge, new MergeParams("feature", null), IpcJson.Default.MergeParams, IpcJson.Default.MergeResult);

        Assert.Equal("conflicted", merged.Outcome);
        Assert.Equal("<<<<<<< main\nours\n||||||| base\nbase\n=======\ntheirs\n>>>>>>> feature\n", File.ReadAllText(agent.At("a.txt")));
        Assert.Equal("content", Assert.Single((await agent.StatusAsync()).Conflicts).Kind);

        agent.Write("a.txt", "both\n");
        await client.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams("answered"), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
        Assert.Empty((await agent.StatusAsync()).Conflicts);
    }

    [Fact]
    public async Task Restore_keeps_what_it_replaces_in_a_snapshot()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "old");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        agent.Write("a.txt", "precious, not yet in any snapshot");
        var restored = await client.CallAsync(Methods.Restore, new RestoreParams(null, [agent.At("a.txt")]), IpcJson.Default.RestoreParams, IpcJson.Default.RestoreResult);

        Assert.Equal("old", File.ReadAllText(agent.At("a.txt")));
        Assert.NotNull(restored.SavedAs);
        await client.CallAsync(Methods.Show, new ShowParams(restored.SavedAs, agent.At("a.txt")), IpcJson.Default.ShowParams, IpcJson.Default.ShowResult);
        Assert.Equal("precious, not yet in any snapshot"u8.ToArray(), Assert.Single(client.Events).Deserialize(IpcJson.Default.ContentEvent)!.Data);
    }

    [Fact]
    public async Task Refusals_have_the_documented_codes()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        await using var client = await agent.ConnectAsync();
        Assert.Equal("not_a_worktree", (await client.RefusedAsync(Methods.Status, new Nothing(), IpcJson.Default.Nothing)).Code);
        await agent.InitAsync();
        Assert.Equal("already_initialised", (await client.RefusedAsync(Methods.WorktreeInit, new WorktreeInitParams(agent.Work, null, null), IpcJson.Default.WorktreeInitParams)).Code);
        Assert.Equal("unknown_branch", (await client.RefusedAsync(Methods.BranchSwitch, new BranchSwitchParams("nowhere"), IpcJson.Default.BranchSwitchParams)).Code);
        Assert.Equal("outside_tree", (await client.RefusedAsync(Methods.Restore, new RestoreParams(null, ["/etc/passwd"]), IpcJson.Default.RestoreParams)).Code);
    }

    [Fact]
    public async Task Configuration_is_taken_up_while_the_agent_runs_and_a_broken_file_keeps_the_last_good_values()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        await agent.InitAsync();
        agent.Write(".wt/config.toml", "[worker.snapshot]\nmax_changed_files = 7\nno_such_key = 1\n");
        Assert.Equal("unknown_key", Assert.Single((await agent.StatusAsync()).Warnings).Code);

        agent.Write(".wt/config.toml", "[worker.snapshot]\nmax_changed_files = = 7\n");
        var warning = Assert.Single((await agent.StatusAsync()).Warnings, warning => warning.Code == "broken_configuration");
        Assert.Contains($"{agent.At(".wt/config.toml")}:2:", warning.Message, StringComparison.Ordinal);

        agent.Write(".wt/config.toml", "[worker.snapshot]\nmax_changed_files = 8\n");
        Assert.Empty((await agent.StatusAsync()).Warnings);
    }

    [Fact]
    public async Task A_subscriber_hears_of_a_snapshot()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        await agent.InitAsync();
        await using var listener = await agent.ConnectAsync();
        await listener.SendAsync(new RequestFrame { Id = 99, Method = Methods.EventsSubscribe, Cwd = agent.Work, Params = JsonSerializer.SerializeToElement(new EventsSubscribeParams(["snapshots"]), IpcJson.Default.EventsSubscribeParams) });
        Assert.Equal("subscribed", (await NextAsync(listener)).Type);

        await using var client = await agent.ConnectAsync();
        agent.Write("new.txt", "new");
        var made = await client.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams("told"), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
        var told = await NextAsync(listener);

        Assert.Equal(made.Snapshot!.Id, told.Snapshot!.Id);
        Assert.Equal("new.txt", Assert.Single(told.Changes!).Path);
        await listener.SendAsync(new RequestFrame { Id = 99, Cancel = true });
        Assert.Equal("cancelled", (await listener.ReadAsync())!.Error!.Code);
    }

    [Fact]
    public async Task Fifty_one_changed_files_become_a_snapshot_by_themselves()
    {
        await using var agent = new AgentProcess(("WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S", "3600"), ("WT_WORKER_SNAPSHOT_EVALUATE_INTERVAL_MS", "50"));
        await agent.StartAsync();
        await agent.InitAsync();
        await using var listener = await agent.ConnectAsync();
        await listener.SendAsync(new RequestFrame { Id = 5, Method = Methods.EventsSubscribe, Cwd = agent.Work, Params = JsonSerializer.SerializeToElement(new EventsSubscribeParams(["snapshots"]), IpcJson.Default.EventsSubscribeParams) });
        Assert.Equal("subscribed", (await NextAsync(listener)).Type);
        for (var i = 0; i < 51; i++)
        {
            agent.Write($"f{i}.txt", $"{i}");
        }

        Assert.Equal("auto", (await NextAsync(listener)).Snapshot!.Kind);
    }

    private static Task<BranchResult> SwitchAsync(TestClient client, string name) =>
        client.CallAsync(Methods.BranchSwitch, new BranchSwitchParams(name), IpcJson.Default.BranchSwitchParams, IpcJson.Default.BranchResult);

    private static async Task<AgentEvent> NextAsync(TestClient client)
    {
        while (true)
        {
            if ((await client.ReadAsync())!.Event is { } happened)
            {
                return happened.Deserialize(IpcJson.Default.AgentEvent)!;
            }
        }
    }
}
