using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

public sealed class CallKindTests : IAsyncLifetime
{
    private TrialServer _server = null!;

    public async Task InitializeAsync() => _server = await TrialServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_unary_call_returns_the_answer_and_ends_with_OK()
    {
        using var call = _server.Client().EchoAsync(new Ask { Text = "one", Data = Payloads.Bytes(1000, 1) });
        var answer = await call;

        Assert.Equal("one", answer.Text);
        Assert.Equal(Payloads.Bytes(1000, 1), answer.Data);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public void A_blocking_unary_call_returns_the_answer() =>
        Assert.Equal("blocking", _server.Client().Echo(new Ask { Text = "blocking" }).Text);

    [Fact]
    public async Task An_empty_message_is_a_message() =>
        Assert.Equal(new Answer(), await _server.Client().EchoAsync(new Ask()));

    [Fact]
    public async Task A_stream_of_requests_arrives_in_order()
    {
        using var call = _server.Client().Collect();
        foreach (var letter in "abcdef")
        {
            await call.RequestStream.WriteAsync(new Ask { Text = letter.ToString(), Data = Payloads.Bytes(10, letter) });
        }

        await call.RequestStream.CompleteAsync();
        var answer = await call;
        Assert.Equal("abcdef", answer.Text);
        Assert.Equal(60, answer.Total);
    }

    [Fact]
    public async Task A_stream_of_no_requests_is_answered()
    {
        using var call = _server.Client().Collect();
        await call.RequestStream.CompleteAsync();
        Assert.Equal("", (await call).Text);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(5, 16 * 1024 - 10)]
    [InlineData(5, 16 * 1024)]
    [InlineData(7, 100_000)]
    [InlineData(3, 3_000_000)]
    [InlineData(20_000, 3)]
    public async Task A_stream_of_responses_arrives_whole_and_in_order(int count, int size)
    {
        using var call = _server.Client().Repeat(new Ask { Count = count, Size = size });
        var next = 0;
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next, answer.Total);
            Assert.Equal(Payloads.Bytes(size, next), answer.Data);
            next++;
        }

        Assert.Equal(count, next);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Two_streams_go_to_and_fro()
    {
        using var call = _server.Client().Converse();
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}", Data = Payloads.Bytes(i * 1000, i) });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
            Assert.Equal(Payloads.Bytes(i * 1000, i), call.ResponseStream.Current.Data);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_server_may_speak_first()
    {
        _server.Handlers.Converse = async (asks, answers, _) =>
        {
            await answers.WriteAsync(new Answer { Text = "welcome" });
            Assert.False(await asks.MoveNext());
        };
        using var call = _server.Client().Converse();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("welcome", call.ResponseStream.Current.Text);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_server_may_answer_before_the_requests_end()
    {
        _server.Handlers.Collect = async (asks, _) =>
        {
            Assert.True(await asks.MoveNext());
            return new Answer { Text = "enough" };
        };
        using var call = _server.Client().Collect();
        await call.RequestStream.WriteAsync(new Ask());
        Assert.Equal("enough", (await call).Text);
        await Assert.ThrowsAnyAsync<Exception>(() => call.RequestStream.WriteAsync(new Ask()));
    }
}
