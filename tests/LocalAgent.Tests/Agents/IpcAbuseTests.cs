using System.Buffers.Binary;
using System.Text;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Tests.Agents;

/// <summary>Whatever a client does, the agent goes on serving the others.</summary>
public sealed class IpcAbuseTests(RunningAgent running) : IClassFixture<RunningAgent>
{
    private readonly AgentProcess _agent = running.Process;

    [Fact]
    public async Task The_connection_after_the_last_place_is_refused_and_a_freed_place_is_given_again()
    {
        await using var agent = new AgentProcess();
        await agent.StartAsync();
        var clients = new List<TestClient>();
        for (var i = 0; i < 32; i++)
        {
            clients.Add(await agent.ConnectAsync());
        }

        await using (var extra = await TestClient.OpenAsync(agent.Socket, agent.Work))
        {
            Assert.Equal("too_many_connections", (await extra.ReadAsync())!.Error!.Code);
            Assert.Null(await extra.ReadAsync());
        }

        await clients[0].DisposeAsync();
        TestClient? again = null;
        while (again is null)
        {
            var next = await TestClient.OpenAsync(agent.Socket, agent.Work);
            await next.SendAsync(new RequestFrame { Id = 1, Method = Methods.Hello, Params = System.Text.Json.JsonSerializer.SerializeToElement(new HelloParams(1, "test"), IpcJson.Default.HelloParams) });
            again = (await next.ReadAsync())!.Result is not null ? next : null;
        }

        await again.DisposeAsync();
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(16u * 1024 * 1024 + 1)]
    [InlineData(uint.MaxValue)]
    public async Task An_impossible_length_ends_the_connection_and_nothing_else(uint length)
    {
        await using var bad = await _agent.ConnectAsync();
        var header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, length);
        await bad.Stream.WriteAsync(header);
        Assert.Null(await bad.ReadAsync());
        await using var good = await _agent.ConnectAsync();
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("[1,2,3]")]
    [InlineData("{\"id\":\"one\"}")]
    [InlineData("{\"method\":\"status\"}")]
    [InlineData("null")]
    public async Task Garbage_in_a_frame_ends_the_connection_and_nothing_else(string garbage)
    {
        await using var bad = await _agent.ConnectAsync();
        await Framing.WriteAsync(bad.Stream, Encoding.UTF8.GetBytes(garbage), CancellationToken.None);
        Assert.Null(await bad.ReadAsync());
        await using var good = await _agent.ConnectAsync();
    }

    [Fact]
    public async Task Half_a_frame_is_not_waited_for_longer_than_a_request_may_take()
    {
        await using var agent = new AgentProcess(("WT_WORKER_IPC_REQUEST_TIMEOUT_S", "1"));
        await agent.StartAsync();
        await using var bad = await agent.ConnectAsync();
        await bad.Stream.WriteAsync(new byte[] { 0, 0, 0, 100, (byte)'{' });
        Assert.Null(await bad.ReadAsync());
        await using var good = await agent.ConnectAsync();
    }

    [Fact]
    public async Task The_first_request_must_be_hello_in_a_protocol_that_the_agent_speaks()
    {
        await using var rude = await TestClient.OpenAsync(_agent.Socket, _agent.Work);
        Assert.Equal("protocol_mismatch", (await rude.RefusedAsync(Methods.WorkerStatus, new Nothing(), IpcJson.Default.Nothing)).Code);
        await using var future = await TestClient.OpenAsync(_agent.Socket, _agent.Work);
        Assert.Equal("protocol_mismatch", (await future.RefusedAsync(Methods.Hello, new HelloParams(99, "test"), IpcJson.Default.HelloParams)).Code);
    }

    [Fact]
    public async Task An_unknown_method_is_refused_by_name()
    {
        await using var client = await _agent.ConnectAsync();
        Assert.Equal("unknown_method", (await client.RefusedAsync("no.such", new Nothing(), IpcJson.Default.Nothing)).Code);
    }

    [Fact]
    public async Task Socket_and_folder_are_the_users_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The agent has no Unix socket here.");
        }

        const UnixFileMode readWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(readWrite, File.GetUnixFileMode(_agent.Socket));
        Assert.Equal(readWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_agent.Socket)!));
    }
}
