using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>Limits and compression.</summary>
public sealed class SizeTests
{
    private const string AskForCompression = "grpc-internal-encoding-request";

    [Fact]
    public async Task Four_MiB_is_the_limit_for_received_messages_unless_set()
    {
        await using var server = await TrialServer.StartAsync();
        await Exhausted(async () => await server.Client().EchoAsync(new Ask { Data = Payloads.Bytes((4 * 1024 * 1024) + 1, 1) }));
        server.Handlers.Echo = (_, _) => Task.FromResult(new Answer { Data = Payloads.Bytes((4 * 1024 * 1024) + 1, 1) });
        await Exhausted(async () => await server.Client().EchoAsync(new Ask()));
        var answer = await server.Client(options => options.MaxReceiveMessageSize = null).EchoAsync(new Ask());
        Assert.Equal((4 * 1024 * 1024) + 1, answer.Data.Length);
    }

    [Fact]
    public async Task Limits_are_exact_for_both_sides_and_directions()
    {
        // Field tag and two-byte length in front of the data.
        const int Overhead = 3;
        await using var server = await TrialServer.StartAsync(options =>
        {
            options.MaxReceiveMessageSize = 1000 + Overhead;
            options.MaxSendMessageSize = 500 + Overhead;
        });
        server.Handlers.Echo = (ask, _) => Task.FromResult(new Answer { Data = Payloads.Bytes(ask.Data.Length / 2, 1) });
        await server.Client().EchoAsync(new Ask { Data = Payloads.Bytes(1000, 1) });
        await Exhausted(async () => await server.Client().EchoAsync(new Ask { Data = Payloads.Bytes(1001, 1) }));
        server.Handlers.Echo = (_, _) => Task.FromResult(new Answer { Data = Payloads.Bytes(501, 1) });
        await Exhausted(async () => await server.Client().EchoAsync(new Ask()));

        server.Handlers.Echo = (_, _) => Task.FromResult(new Answer { Data = Payloads.Bytes(400, 1) });
        await server.Client(options => options.MaxReceiveMessageSize = 400 + Overhead).EchoAsync(new Ask());
        await Exhausted(async () => await server.Client(options => options.MaxReceiveMessageSize = 399 + Overhead).EchoAsync(new Ask()));
        await Exhausted(async () => await server.Client(options => options.MaxSendMessageSize = 100).EchoAsync(new Ask { Data = Payloads.Bytes(200, 1) }));
        using var call = server.Client(options => options.MaxSendMessageSize = 100).Collect();
        await Exhausted(() => call.RequestStream.WriteAsync(new Ask { Data = Payloads.Bytes(200, 1) }));
    }

    [Fact]
    public async Task Requests_and_responses_go_compressed_and_arrive_whole()
    {
        await using var server = await TrialServer.StartAsync(options =>
        {
            options.ResponseCompressionAlgorithm = "gzip";
            options.ResponseCompressionLevel = CompressionLevel.Optimal;
            options.MaxReceiveMessageSize = null;
        });
        string? requestEncoding = null;
        server.Handlers.Converse = async (asks, answers, context) =>
        {
            requestEncoding = context.GetHttpContext().Request.Headers["grpc-encoding"];
            await foreach (var ask in asks.ReadAllAsync(CancellationToken.None))
            {
                await answers.WriteAsync(new Answer { Data = ask.Data });
            }
        };
        var spy = new EncodingSpy();
        var client = server.Client(options =>
        {
            options.HttpHandler = spy;
            options.MaxReceiveMessageSize = null;
        });
        using var call = client.Converse(new Metadata { { AskForCompression, "gzip" } });
        foreach (var size in new[] { 0, 1, 100, 100_000, 5_000_000 })
        {
            var data = ByteString.CopyFrom(new byte[size]);
            await call.RequestStream.WriteAsync(new Ask { Data = data });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(data, call.ResponseStream.Current.Data);
        }

        // A message that asks not to be compressed, among others that are.
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new Ask { Data = Payloads.Bytes(1000, 1) });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(Payloads.Bytes(1000, 1), call.ResponseStream.Current.Data);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal("gzip", requestEncoding);
        Assert.Equal("gzip", spy.ResponseEncoding);
    }

    [Fact]
    public async Task The_limit_holds_for_the_decompressed_size()
    {
        await using var server = await TrialServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        var zeros = UnsafeByteOperations.UnsafeWrap(new byte[20_000_000]);
        await Exhausted(async () => await server.Client().EchoAsync(new Ask { Data = zeros }, new Metadata { { AskForCompression, "gzip" } }));
        server.Handlers.Echo = (_, _) => Task.FromResult(new Answer { Data = zeros });
        await Exhausted(async () => await server.Client().EchoAsync(new Ask()));
    }

    private static async Task Exhausted(Func<Task> call) =>
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
}
