using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>Our client, and the server of @grpc/grpc-js.</summary>
public sealed class NodeServerTests : IAsyncLifetime
{
    private readonly List<Process> _servers = [];
    private GrpcChannel? _channel;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _channel?.Dispose();
        foreach (var server in _servers)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync().WaitAsync(TrialServer.Patience);
            server.Dispose();
        }
    }

    [NodeFact]
    public async Task Unary()
    {
        var client = await StartAsync();
        using var call = client.EchoAsync(new Ask { Text = "grüße", Data = Payloads.Bytes(1000, 1) });
        var answer = await call;
        Assert.Equal("grüße", answer.Text);
        Assert.Equal(Payloads.Bytes(1000, 1), answer.Data);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [NodeFact]
    public async Task Stream_of_requests()
    {
        using var call = (await StartAsync()).Collect();
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Data = Payloads.Bytes(10, i) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(30, (await call).Total);
    }

    [NodeFact]
    public async Task Stream_of_responses()
    {
        using var call = (await StartAsync()).Repeat(new Ask { Count = 5, Size = 10 });
        var next = 0;
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next, answer.Total);
            Assert.Equal(Pattern.Bytes(10, next++), answer.Data.ToByteArray());
        }

        Assert.Equal(5, next);
    }

    [NodeFact]
    public async Task Two_streams()
    {
        using var call = (await StartAsync()).Converse();
        for (var i = 0; i < 5; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [NodeFact]
    public async Task Deadline()
    {
        var client = await StartAsync();
        var left = (await client.EchoAsync(new Ask { Text = "deadline?" }, deadline: DateTime.UtcNow.AddMinutes(10))).Total;
        Assert.InRange(left, 9 * 60_000, 10 * 60_000);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new Ask { Text = "hang" }, deadline: DateTime.UtcNow.AddMilliseconds(300)));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [NodeFact]
    public async Task Cancellation_reaches_the_server()
    {
        var client = await StartAsync();
        using (var call = client.Repeat(new Ask { Text = "hang", Count = 1 }))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        // The reset and the question travel on one connection, in order; what Node does with the reset comes a turn later.
        using var patience = new CancellationTokenSource(TrialServer.Patience);
        while ((await client.EchoAsync(new Ask { Text = "cancelled?" }, cancellationToken: patience.Token)).Total != 1)
        {
            await Task.Yield();
        }
    }

    [NodeFact]
    public async Task Headers_and_trailers()
    {
        byte[] bytes = [0, 1, 254, 255];
        using var call = (await StartAsync()).EchoAsync(new Ask { Text = "metadata" }, new Metadata { { "q-text", "text value" }, { "q-data-bin", bytes } });
        await call;
        Assert.Equal("text value", (await call.ResponseHeadersAsync).GetValue("h-text"));
        Assert.Equal(bytes, call.GetTrailers().GetValueBytes("t-data-bin"));
    }

    [NodeFact]
    public async Task Error_with_details()
    {
        var client = await StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new Ask { Text = "details" }));
        Assert.Equal((StatusCode.FailedPrecondition, "ståle 100%"), (e.StatusCode, e.Status.Detail));
        Assert.Equal("moved", e.Trailers.GetValue("reason"));
        Assert.Equal(new RichStatus { Code = 9, Message = "stale" }, RichStatus.Parser.ParseFrom(e.Trailers.GetValueBytes("grpc-status-details-bin")));
    }

    [NodeFact]
    public async Task Error_after_messages()
    {
        using var call = (await StartAsync()).Repeat(new Ask { Text = "fail", Count = 3 });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.DataLoss, "broken"), (e.StatusCode, e.Status.Detail));
    }

    [NodeFact]
    public async Task Unimplemented_method()
    {
        var client = await StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await client.NothingAsync(new Ask()));
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }

    [NodeFact]
    public async Task Gzip_requests_which_is_all_that_this_server_knows()
    {
        var client = await StartAsync();
        var zeros = UnsafeByteOperations.UnsafeWrap(new byte[100_000]);
        using var call = client.EchoAsync(new Ask { Data = zeros }, new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        Assert.Equal(zeros, (await call).Data);
    }

    [NodeFact]
    public async Task Sixty_four_MiB_down()
    {
        using var call = (await StartAsync()).Repeat(new Ask { Count = 64, Size = Pattern.MiB });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            hash.AppendData(answer.Data.Span);
        }

        Assert.Equal(Pattern.DigestOf64MiB(), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [NodeFact]
    public async Task Sixty_four_MiB_up()
    {
        using var call = (await StartAsync()).Collect();
        for (var i = 0; i < 64; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Data = UnsafeByteOperations.UnsafeWrap(Pattern.Bytes(Pattern.MiB, i)) });
        }

        await call.RequestStream.CompleteAsync();
        var answer = await call;
        Assert.Equal(64L * Pattern.MiB, answer.Total);
        Assert.Equal(Pattern.DigestOf64MiB(), answer.Text);
    }

    private async Task<Trial.TrialClient> StartAsync()
    {
        var server = NodeSetup.Start("server.js");
        _servers.Add(server);
        using var patience = new CancellationTokenSource(TrialServer.Patience);
        var port = await server.StandardOutput.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException(await server.StandardError.ReadToEndAsync(patience.Token));
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        return new Trial.TrialClient(_channel);
    }
}
