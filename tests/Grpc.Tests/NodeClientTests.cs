using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>Our server, and the client of @grpc/grpc-js.</summary>
public sealed class NodeClientTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TrialServer _server = null!;

    public async Task InitializeAsync() => _server = await TrialServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [NodeFact]
    public async Task Unary() => Assert.Equal("""{"text":"grüße","same":true,"code":0}""", await RunAsync("unary"));

    [NodeFact]
    public async Task Stream_of_requests() => Assert.Equal("""{"text":"abc","total":30}""", await RunAsync("collect"));

    [NodeFact]
    public async Task Stream_of_responses() => Assert.Equal("""{"totals":[0,1,2,3,4],"code":0}""", await RunAsync("repeat"));

    [NodeFact]
    public async Task Two_streams() => Assert.Equal("""{"texts":["0","1","2","3","4"],"code":0}""", await RunAsync("converse"));

    [NodeFact]
    public async Task Deadline_reaches_the_handler()
    {
        var deadline = DateTime.MaxValue;
        _server.Handlers.Echo = async (_, context) =>
        {
            deadline = context.Deadline;
            await UntilStopped(context);
            return new Answer();
        };
        using var result = JsonDocument.Parse(await RunAsync("deadline"));
        Assert.Equal((int)StatusCode.DeadlineExceeded, result.RootElement.GetProperty("code").GetInt32());
        await _stopped.Task.WaitAsync(TrialServer.Patience);

        // 300 ms after the call, give or take a slow machine; a handler without a deadline has the end of time.
        Assert.InRange(deadline, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
    }

    [NodeFact]
    public async Task Cancellation_reaches_the_handler()
    {
        _server.Handlers.Repeat = async (_, answers, context) =>
        {
            await answers.WriteAsync(new Answer());
            await UntilStopped(context);
        };
        Assert.Equal("""{"code":1}""", await RunAsync("cancel"));
        await _stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [NodeFact]
    public async Task Headers_and_trailers()
    {
        _server.Handlers.Echo = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "h-text", context.RequestHeaders.GetValue("q-text")! } });
            context.ResponseTrailers.Add("t-data-bin", context.RequestHeaders.GetValueBytes("q-data-bin")!);
            return new Answer();
        };
        Assert.Equal("""{"header":"text value","trailer":"0001feff"}""", await RunAsync("metadata"));
    }

    [NodeFact]
    public async Task Error_with_details()
    {
        var rich = new RichStatus { Code = 9, Message = "stale" }.ToByteArray();
        _server.Handlers.Echo = (_, _) => throw new RpcException(
            new Status(StatusCode.FailedPrecondition, "ståle 100%"), new Metadata { { "grpc-status-details-bin", rich }, { "reason", "moved" } });
        Assert.Equal(
            $$"""{"code":9,"details":"ståle 100%","rich":"{{Convert.ToHexStringLower(rich)}}","reason":"moved"}""", await RunAsync("details"));
    }

    [NodeFact]
    public async Task Error_after_messages()
    {
        _server.Handlers.Repeat = async (ask, answers, _) =>
        {
            for (var i = 0; i < ask.Count; i++)
            {
                await answers.WriteAsync(new Answer());
            }

            throw new RpcException(new Status(StatusCode.DataLoss, "broken"));
        };
        Assert.Equal("""{"count":3,"code":15,"details":"broken"}""", await RunAsync("failAfterMessages"));
    }

    [NodeFact]
    public async Task Unimplemented_method()
    {
        using var result = JsonDocument.Parse(await RunAsync("unimplemented"));
        Assert.Equal((int)StatusCode.Unimplemented, result.RootElement.GetProperty("code").GetInt32());
    }

    [NodeFact]
    public async Task Gzip_both_ways()
    {
        await using var zipping = await TrialServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        var encoding = "";
        zipping.Handlers.Echo = (ask, context) =>
        {
            encoding = context.GetHttpContext().Request.Headers["grpc-encoding"].ToString();
            return Task.FromResult(new Answer { Data = ask.Data });
        };
        Assert.Equal("""{"same":true,"code":0}""", await RunAsync("gzip", zipping));
        Assert.Equal("gzip", encoding);
    }

    [NodeFact]
    public async Task Sixty_four_MiB_down()
    {
        _server.Handlers.Repeat = async (ask, answers, _) =>
        {
            for (var i = 0; i < ask.Count; i++)
            {
                await answers.WriteAsync(new Answer { Data = UnsafeByteOperations.UnsafeWrap(Pattern.Bytes(ask.Size, i)) });
            }
        };
        Assert.Equal($$"""{"digest":"{{Pattern.DigestOf64MiB()}}","total":67108864,"code":0}""", await RunAsync("download"));
    }

    [NodeFact]
    public async Task Sixty_four_MiB_up()
    {
        _server.Handlers.Collect = async (asks, _) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var total = 0L;
            await foreach (var ask in asks.ReadAllAsync(CancellationToken.None))
            {
                hash.AppendData(ask.Data.Span);
                total += ask.Data.Length;
            }

            return new Answer { Text = Convert.ToHexStringLower(hash.GetHashAndReset()), Total = total };
        };
        Assert.Equal($$"""{"digest":"{{Pattern.DigestOf64MiB()}}","total":67108864}""", await RunAsync("upload"));
    }

    private async Task<string> RunAsync(string scenario, TrialServer? server = null)
    {
        using var node = NodeSetup.Start("client.js", (server ?? _server).Address.Authority, scenario);
        using var patience = new CancellationTokenSource(TrialServer.Patience);
        try
        {
            var errors = node.StandardError.ReadToEndAsync(patience.Token);
            var output = await node.StandardOutput.ReadToEndAsync(patience.Token);
            await node.WaitForExitAsync(patience.Token);
            Assert.True(node.ExitCode == 0, await errors);
            return output.Trim();
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }

    private async Task UntilStopped(ServerCallContext context)
    {
        try
        {
            await Task.Delay(TrialServer.Patience, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            _stopped.TrySetResult();
            throw;
        }
    }
}
