using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>One read and one write at a time; nothing after the end; and nobody is let run ahead of the other side.</summary>
public sealed class StreamRuleTests : IAsyncLifetime
{
    // More than the windows and buffers of both sides of one stream can hold together.
    private const int FarTooMuch = 200;
    private const int MessageSize = 1_000_000;

    private TrialServer _server = null!;
    private Trial.TrialClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await TrialServer.StartAsync();
        _client = _server.Client();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_client_cannot_read_twice_at_once()
    {
        var gate = new TaskCompletionSource();
        _server.Handlers.Repeat = (_, answers, _) => gate.Task;
        using var call = _client.Repeat(new Ask());
        var first = call.ResponseStream.MoveNext();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext());
        gate.SetResult();
        Assert.False(await first.WaitAsync(TrialServer.Patience));
    }

    [Fact]
    public async Task A_client_cannot_write_twice_at_once_nor_complete_while_it_writes()
    {
        var gate = new TaskCompletionSource();
        _server.Handlers.Collect = async (asks, _) =>
        {
            await gate.Task.WaitAsync(TrialServer.Patience);
            var count = 0;
            await foreach (var ask in asks.ReadAllAsync())
            {
                count++;
            }

            return new Answer { Total = count };
        };
        using var call = _client.Collect();
        var (written, pending) = await FillAsync(() => call.RequestStream.WriteAsync(new Ask { Data = Payloads.Bytes(MessageSize, 1) }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Ask()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.CompleteAsync());
        gate.SetResult();
        await pending.WaitAsync(TrialServer.Patience);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(written, (await call).Total);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Ask()));
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_server_up()
    {
        var full = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Handlers.Repeat = async (_, answers, _) =>
        {
            var (written, pending) = await FillAsync(() => answers.WriteAsync(new Answer { Data = Payloads.Bytes(MessageSize, 1) }));
            await Assert.ThrowsAsync<InvalidOperationException>(() => answers.WriteAsync(new Answer()));
            full.SetResult(written);
            await pending;
        };
        using var call = _client.Repeat(new Ask());
        var count = await full.Task.WaitAsync(TrialServer.Patience);
        Assert.InRange(count, 1, FarTooMuch - 1);
        while (await call.ResponseStream.MoveNext())
        {
            count--;
        }

        Assert.Equal(0, count);
    }

#if STANDIN_GRPC
    // The real server breaks the call instead of refusing the second read.
    [Fact]
    public async Task A_handler_cannot_read_twice_at_once()
    {
        _server.Handlers.Converse = async (asks, answers, _) =>
        {
            var first = asks.MoveNext();
            var second = await Record.ExceptionAsync(() => asks.MoveNext());
            await answers.WriteAsync(new Answer { Text = second?.GetType().Name ?? "none" });
            await first;
        };
        using var call = _client.Converse();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(nameof(InvalidOperationException), call.ResponseStream.Current.Text);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }
#endif

    [Fact]
    public async Task A_handlers_streams_are_useless_after_it_returned()
    {
        var kept = new TaskCompletionSource<(IAsyncStreamReader<Ask> Asks, IServerStreamWriter<Answer> Answers)>();
        _server.Handlers.Converse = (asks, answers, _) =>
        {
            kept.SetResult((asks, answers));
            return Task.CompletedTask;
        };
        using var call = _client.Converse();
        Assert.False(await call.ResponseStream.MoveNext());
        var (asks, answers) = await kept.Task;
        await Assert.ThrowsAsync<InvalidOperationException>(() => asks.MoveNext());
        await Assert.ThrowsAsync<InvalidOperationException>(() => answers.WriteAsync(new Answer()));
    }

    [Fact]
    public async Task A_handlers_read_can_be_cancelled_alone()
    {
        _server.Handlers.Converse = async (asks, answers, _) =>
        {
            using var source = new CancellationTokenSource();
            var read = asks.MoveNext(source.Token);
            await source.CancelAsync();
            var e = await Record.ExceptionAsync(() => read);
            await answers.WriteAsync(new Answer { Text = e is OperationCanceledException ? "cancelled" : $"{e}" });
        };
        using var call = _client.Converse();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("cancelled", call.ResponseStream.Current.Text);
    }

    /// <summary>Writes until a write does not complete: the other side's window and the buffers between are full.</summary>
    private async Task<(int Written, Task Pending)> FillAsync(Func<Task> write)
    {
        for (var written = 1; written < FarTooMuch; written++)
        {
            var pending = write();

            // The write is stuck when a thousand calls on the same connection overtake it.
            for (var overtaken = 0; !pending.IsCompleted; overtaken++)
            {
                if (overtaken == 1000)
                {
                    return (written, pending);
                }

                await _client.EchoAsync(new Ask());
            }

            await pending;
        }

        throw new InvalidOperationException("Nothing held the writer up.");
    }
}
