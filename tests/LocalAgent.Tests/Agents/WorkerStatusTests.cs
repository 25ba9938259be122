using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>What <c>wt worker status</c> says, against what the system says. What concerns a server is tested end to end.</summary>
public sealed class WorkerStatusTests
{
    private static readonly (string, string)[] s_noAutoSnapshots =
        [("WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S", "3600"), ("WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES", "1000000")];

    [Fact]
    public async Task Each_field_is_as_the_system_says()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write("a/b/c.txt", "one");
        agent.Write("d.txt", "two");
        agent.Write(".wt/ignore", "*.log\nout/\n");
        agent.Write("a/.gitignore", "*.tmp\n");
        await agent.InitAsync();
        agent.Write("d.txt", "changed");
        _ = await agent.StatusAsync(); // Everything up to here is seen.
        var (status, after) = (await WorkerAsync(agent), UptimeOf(agent.Pid));

        Assert.Equal("running", status.State);
        Assert.Equal(agent.Pid, status.Pid);
        Assert.InRange(status.UptimeSeconds, 0, after + 0.1);
        Assert.True((await WorkerAsync(agent)).UptimeSeconds >= status.UptimeSeconds);
        var resident = long.Parse(File.ReadAllText($"/proc/{agent.Pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        Assert.InRange(status.MemoryBytes, resident / 2, resident * 2);
        Assert.True(File.Exists(status.IpcPath) && status.IpcPath == agent.Socket);

        var tree = Assert.Single(status.Trees);
        Assert.Equal((agent.Work, "main", "inotify"), (tree.Root, tree.Branch, tree.WatcherBackend));
        Assert.Equal(1, tree.PendingChanges);
        Assert.Equal(InotifyWatches(agent.Pid), tree.Directories);
        Assert.Equal(2, tree.IgnoreFiles);
        Assert.True(tree.IgnoreRules >= 3, $"{tree.IgnoreRules} rules");

        Assert.Equal("none", status.Server.Connection);
        Assert.Null(status.Recovery);
        Assert.Equal(agent.Data, status.Storage.Path);
        Assert.Equal(1, status.Storage.Snapshots);
        await using var client = await agent.ConnectAsync();
        var verified = await client.CallAsync(Methods.DebugVerify, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.VerifyResult);
        Assert.Equal(verified.Objects, status.Storage.Objects);
        var files = new DirectoryInfo(Path.Combine(agent.Data, "stores")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.InRange(status.Storage.DiskBytes, 1, Math.Max(files * 2, 1 << 20));
    }

    [Fact]
    public async Task The_last_collection_is_remembered_over_a_restart()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write("a.txt", "one");
        await agent.InitAsync();
        Assert.Null((await WorkerAsync(agent)).Storage.LastGc);
        var began = TimeProvider.System.GetUtcNow();
        await using (var client = await agent.ConnectAsync())
        {
            await client.CallAsync(Methods.Gc, new GcParams(false), IpcJson.Default.GcParams, IpcJson.Default.GcResult);
        }

        var told = (await WorkerAsync(agent)).Storage.LastGc!.Value;
        Assert.InRange(told, began.AddSeconds(-1), TimeProvider.System.GetUtcNow().AddSeconds(1));
        await agent.StopAsync();
        await agent.StartAsync();
        _ = await agent.StatusAsync();
        Assert.Equal(told, (await WorkerAsync(agent)).Storage.LastGc);
    }

    [Fact]
    public async Task After_a_crash_the_report_says_what_was_found_and_done()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write("a.txt", "one");
        await agent.InitAsync();
        await agent.StopAsync();
        var clean = File.GetLastWriteTimeUtc(Path.Combine(agent.Data, "worker.clean"));
        await agent.StartAsync();
        _ = await agent.StatusAsync();
        await agent.KillAsync();
        agent.Write("a.txt", "two");
        agent.Write("b.txt", "three");
        await agent.StartAsync();
        _ = await agent.StatusAsync();
        var recovery = (await WorkerAsync(agent)).Recovery!;
        Assert.True(recovery.StalePid);
        Assert.Equal(2, recovery.FilesChanged);
        Assert.InRange(recovery.LastClean!.Value.UtcDateTime, clean.AddSeconds(-2), clean.AddSeconds(2));
        Assert.Contains("2 changed files were kept in snapshot", recovery.Action, StringComparison.Ordinal);
        Assert.Equal(0, recovery.JournalDiscarded);
    }

    [Fact]
    public async Task Settings_of_the_socket_take_effect_without_a_restart()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        await using var keeps = await agent.ConnectAsync();
        await SetAsync(keeps, "worker.ipc.max_connections", "2");
        await using (var second = await agent.ConnectAsync())
        {
            await using var third = await TestClient.OpenAsync(agent.Socket, agent.Work);
            Assert.Equal("too_many_connections", (await third.ReadAsync())!.Error!.Code);
        }

        await SetAsync(keeps, "worker.ipc.max_connections", "32");
        await SetAsync(keeps, "worker.ipc.request_timeout_s", "1");
        await using var slow = await agent.ConnectAsync();
        await slow.Stream.WriteAsync(new byte[] { 0, 0 }); // The beginning of a frame, and then nothing: 30 s by default.
        Assert.Null(await slow.ReadAsync());
    }

    [Fact]
    public async Task A_broken_file_is_named_with_its_place_and_the_last_good_values_stay()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        agent.Write("a.txt", "one");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        var set = await client.CallAsync(Methods.ConfigSet, new ConfigSetParams("diff.rename_similarity", "70", "worktree"), IpcJson.Default.ConfigSetParams, IpcJson.Default.ConfigSetResult);
        Assert.Equal(("50", "70", agent.At(".wt/config.toml")), (set.Before, set.InForce, set.File));
        await File.AppendAllTextAsync(set.File, "[worker\n");
        var warning = Assert.Single((await agent.StatusAsync()).Warnings, warning => warning.Code == "broken_configuration");
        Assert.StartsWith($"{set.File}:3:", warning.Message, StringComparison.Ordinal);
        var shown = await client.CallAsync(Methods.ConfigShow, new ConfigShowParams("diff.rename_similarity"), IpcJson.Default.ConfigShowParams, IpcJson.Default.ConfigShowResult);
        Assert.Equal(("70", "worktree"), (Assert.Single(shown.Entries).Value, shown.Entries[0].Level));
        Assert.Equal("broken_configuration", (await client.RefusedAsync(Methods.ConfigSet, new ConfigSetParams("diff.rename_similarity", "71", "worktree"), IpcJson.Default.ConfigSetParams)).Code);
        Assert.Equal("untrusted_key", (await client.RefusedAsync(Methods.ConfigSet, new ConfigSetParams("server.url", "http://x", "tree"), IpcJson.Default.ConfigSetParams)).Code);
        Assert.Equal("unknown_key", (await client.RefusedAsync(Methods.ConfigSet, new ConfigSetParams("diff.rename_similarty", "71", "user"), IpcJson.Default.ConfigSetParams)).Code);
    }

    [Fact]
    public async Task Classes_of_the_tree_stand_with_its_snapshots()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write(".wt-tree/config.toml", "[classes]\nasset = [\"*.shader\"]\ndocumentation = [\"notes/\"]\n");
        await agent.InitAsync();
        agent.Write("x.shader", "one");
        agent.Write("notes/a.cs", "two");
        Assert.Equal(["documentation", "asset"], (await agent.StatusAsync()).Changes.Select(change => change.ChangeClass));
        await using var client = await agent.ConnectAsync();
        await client.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams("m"), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
        await client.CallAsync(Methods.Log, new LogParams(null, null, 1, null), IpcJson.Default.LogParams, IpcJson.Default.LogResult);
        var classes = client.Events[0].Deserialize(IpcJson.Default.SnapshotInfo)!.Classes!;
        Assert.Equal((1, 1), (classes["asset"], classes["documentation"]));
        await client.CallAsync(Methods.IgnoreAdd, new IgnoreAddParams(["*.shader", "out/"], false), IpcJson.Default.IgnoreAddParams, IpcJson.Default.IgnoreAddResult);
        agent.Write("y.shader", "ignored");
        Assert.Equal([".wt/ignore"], (await agent.StatusAsync()).Changes.Select(change => change.Path));
    }

    private static async Task SetAsync(TestClient client, string key, string value) =>
        await client.CallAsync(Methods.ConfigSet, new ConfigSetParams(key, value, "user"), IpcJson.Default.ConfigSetParams, IpcJson.Default.ConfigSetResult);

    private static async Task<WorkerStatusResult> WorkerAsync(AgentProcess agent)
    {
        await using var client = await agent.ConnectAsync();
        return await client.CallAsync(Methods.WorkerStatus, new Nothing(), IpcJson.Default.Nothing, IpcJson.Default.WorkerStatusResult);
    }

    private static double UptimeOf(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return (TimeProvider.System.GetUtcNow().UtcDateTime - process.StartTime.ToUniversalTime()).TotalSeconds;
    }

    /// <summary>Counts the watches that the kernel holds for a process.</summary>
    private static int InotifyWatches(int pid) =>
        Directory.GetFiles($"/proc/{pid}/fdinfo").SelectMany(Lines).Count(line => line.StartsWith("inotify wd:", StringComparison.Ordinal));

    // Between listing and reading the process closes files; those hold no watch.
    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }
}
