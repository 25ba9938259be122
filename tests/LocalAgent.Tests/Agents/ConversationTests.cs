using System.Diagnostics;
using System.Text.Json;
using W0rktree.Protocol.Ipc;
using W0rktree.TestKit;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>What docs/reference/ipc.md promises to clients, seen by clients.</summary>
public sealed class ConversationTests
{
    private static readonly (string, string)[] s_noAutoSnapshots =
        [("WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S", "3600"), ("WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES", "1000000")];

    [Fact]
    public async Task The_client_of_the_documentation_reads_the_status_and_hears_of_a_snapshot()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write("a.txt", "one");
        await agent.InitAsync();
        var script = Path.Combine(Repository.Root, "docs", "reference", "ipc_client.py");
        Assert.True(File.ReadAllLines(script).Count(line => line.Trim().Length > 0) <= 40);
        using var client = Process.Start(new ProcessStartInfo("python3", [script, "1000"])
        {
            WorkingDirectory = agent.Work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["XDG_RUNTIME_DIR"] = Path.GetDirectoryName(Path.GetDirectoryName(agent.Socket)) },
        })!;
        var status = JsonDocument.Parse((await client.StandardOutput.ReadLineAsync()) ?? await client.StandardError.ReadToEndAsync());
        Assert.Equal("main", status.RootElement.GetProperty("branch").GetString());
        Assert.Equal("subscribed", await TypeAsync(client));
        await using var other = await agent.ConnectAsync();
        await other.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams("heard"), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
        while (await TypeAsync(client) != "snapshot")
        {
            // Of the files that were written before it.
        }

        client.Kill();
    }

    [Fact]
    public async Task Another_version_of_the_protocol_is_refused_by_name_and_so_is_a_client_that_does_not_greet()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        await using var newer = await TestClient.OpenAsync(agent.Socket, agent.Work);
        var refused = await newer.RefusedAsync(Methods.Hello, new HelloParams(Methods.ProtocolVersion + 1, "from the future"), IpcJson.Default.HelloParams);
        Assert.Equal("protocol_mismatch", refused.Code);
        Assert.Contains($"protocol {Methods.ProtocolVersion}", refused.Message, StringComparison.Ordinal);
        await using var rude = await TestClient.OpenAsync(agent.Socket, agent.Work);
        Assert.Equal("protocol_mismatch", (await rude.RefusedAsync(Methods.WorkerStatus, new Nothing(), IpcJson.Default.Nothing)).Code);
    }

    [Fact]
    public async Task A_subscriber_hears_of_status_snapshots_and_warnings()
    {
        await using var agent = new AgentProcess(s_noAutoSnapshots);
        await agent.StartAsync();
        agent.Write("a.txt", "one");
        await agent.InitAsync();
        await using var client = await agent.ConnectAsync();
        await client.SendAsync(new RequestFrame { Id = 90, Method = Methods.EventsSubscribe, Cwd = agent.Work, Params = JsonSerializer.SerializeToElement(new EventsSubscribeParams([]), IpcJson.Default.EventsSubscribeParams) });
        Assert.Equal("subscribed", (await EventAsync(client, "subscribed")).Type);

        agent.Write("a.txt", "two");
        Assert.Contains((await EventAsync(client, "status")).Changes!, change => change.Path == "a.txt");
        await using var other = await agent.ConnectAsync();
        var made = await other.CallAsync(Methods.SnapshotCreate, new SnapshotCreateParams("heard"), IpcJson.Default.SnapshotCreateParams, IpcJson.Default.SnapshotCreateResult);
        Assert.Equal(made.Snapshot!.Id, (await EventAsync(client, "snapshot")).Snapshot!.Id);
        Directory.CreateDirectory(agent.At(".wt"));
        await File.WriteAllTextAsync(agent.At(".wt/config.toml"), "[worker\n");
        Assert.Equal("broken_configuration", (await EventAsync(client, "warning")).Warning!.Code);
    }

    [Fact]
    public async Task A_subscription_ends_when_its_client_goes_away_and_leaves_its_place()
    {
        await using var agent = new AgentProcess(("WT_WORKER_IPC_MAX_CONNECTIONS", "1"));
        await agent.StartAsync();
        await agent.InitAsync();
        for (var round = 0; round < 3; round++)
        {
            TestClient? client = null;
            while (client is null)
            {
                var next = await TestClient.OpenAsync(agent.Socket, agent.Work);
                await next.SendAsync(new RequestFrame { Id = 1, Method = Methods.Hello, Params = JsonSerializer.SerializeToElement(new HelloParams(1, "test"), IpcJson.Default.HelloParams) });
                client = (await next.ReadAsync())!.Result is not null ? next : null;
            }

            await client.SendAsync(new RequestFrame { Id = 90, Method = Methods.EventsSubscribe, Cwd = agent.Work, Params = JsonSerializer.SerializeToElement(new EventsSubscribeParams([]), IpcJson.Default.EventsSubscribeParams) });
            await EventAsync(client, "subscribed");
            await client.DisposeAsync(); // In the midst of a request that would never end by itself.
        }
    }

    private static async Task<AgentEvent> EventAsync(TestClient client, string type)
    {
        while (true)
        {
            var frame = await client.ReadAsync() ?? throw new InvalidOperationException("The agent closed the connection.");
            Assert.Null(frame.Error);
            if (frame.Event is { } happened && happened.Deserialize(IpcJson.Default.AgentEvent)! is { } seen && seen.Type == type)
            {
                return seen;
            }
        }
    }

    private static async Task<string?> TypeAsync(Process client)
    {
        while (await client.StandardOutput.ReadLineAsync() is { } line)
        {
            using var seen = JsonDocument.Parse(line);
            return seen.RootElement.GetProperty("type").GetString();
        }

        throw new InvalidOperationException(await client.StandardError.ReadToEndAsync());
    }
}
