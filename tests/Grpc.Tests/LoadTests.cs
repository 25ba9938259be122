using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

public sealed class LoadTests
{
    [Fact]
    public async Task A_thousand_unary_calls_run_at_once()
    {
        await using var server = await TrialServer.StartAsync();
        var client = server.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
            await client.EchoAsync(new Ask { Text = $"{i}", Data = Payloads.Bytes(i * 10, i) })));
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal($"{i}", answers[i].Text);
            Assert.Equal(Payloads.Bytes(i * 10, i), answers[i].Data);
        }
    }

    [Fact]
    public async Task A_thousand_streams_are_open_at_once()
    {
        await using var server = await TrialServer.StartAsync();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = 0;
        server.Handlers.Converse = async (asks, answers, _) =>
        {
            Assert.True(await asks.MoveNext());
            if (Interlocked.Increment(ref open) == 1000)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(TrialServer.Patience);
            await answers.WriteAsync(new Answer { Text = asks.Current.Text });
        };
        var client = server.Client(options => options.HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true });
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            using var call = client.Converse();
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}" });
            await call.RequestStream.CompleteAsync();
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
            Assert.False(await call.ResponseStream.MoveNext());
        }));
    }

    [Fact]
    public async Task A_message_of_sixty_four_MiB_arrives_whole()
    {
        await using var server = await TrialServer.StartAsync(options => options.MaxReceiveMessageSize = null);
        var data = Payloads.Bytes(64 * 1024 * 1024, 11);
        using var call = server.Client(options => options.MaxReceiveMessageSize = null).EchoAsync(new Ask { Data = data });
        Assert.Equal(data, (await call).Data);
    }
}
