using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

public sealed class MetadataTests : IAsyncLifetime
{
    private TrialServer _server = null!;

    public async Task InitializeAsync() => _server = await TrialServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(256)]
    public async Task Text_and_bytes_go_both_ways_in_headers_and_trailers(int byteCount)
    {
        var bytes = Payloads.Bytes(byteCount, byteCount).ToByteArray();
        _server.Handlers.Echo = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "h-text", context.RequestHeaders.GetValue("q-text")! } });
            context.ResponseTrailers.Add("t-data-bin", context.RequestHeaders.GetValueBytes("q-data-bin")!);
            context.ResponseTrailers.Add("t-text", "end");
            return new Answer();
        };
        using var call = _server.Client().EchoAsync(new Ask(), new Metadata { { "Q-Text", "a, b; c=\"d\"" }, { "q-data-bin", bytes } });
        await call;

        Assert.Equal("a, b; c=\"d\"", (await call.ResponseHeadersAsync).GetValue("h-text"));
        Assert.Equal(bytes, call.GetTrailers().GetValueBytes("t-data-bin"));
        Assert.Equal("end", call.GetTrailers().GetValue("t-text"));
    }

#if STANDIN_GRPC
    // HTTP joins the values of one key into one line, which the specification allows; the real server does not part them again.
    [Fact]
    public async Task Several_values_of_one_key_keep_their_order()
    {
        _server.Handlers.Echo = (_, context) =>
        {
            foreach (var entry in context.RequestHeaders.GetAll("many-bin"))
            {
                context.ResponseTrailers.Add(entry);
            }

            return Task.FromResult(new Answer());
        };
        using var call = _server.Client().EchoAsync(
            new Ask(), new Metadata { { "many-bin", new byte[] { 1, 2 } }, { "many-bin", Array.Empty<byte>() }, { "many-bin", new byte[] { 3 } } });
        await call;
        Assert.Equal(["0102", "", "03"], call.GetTrailers().GetAll("many-bin").Select(entry => Convert.ToHexString(entry.ValueBytes)));
    }
#endif

    [Fact]
    public async Task The_protocols_own_headers_are_kept_from_handlers_and_callers()
    {
        Metadata seen = [];
        _server.Handlers.Echo = (_, context) =>
        {
            seen = context.RequestHeaders;
            return Task.FromResult(new Answer());
        };
        using var call = _server.Client().EchoAsync(new Ask(), new Metadata { { "mine", "1" } }, DateTime.UtcNow.AddMinutes(1));
        await call;
        Assert.Equal("1", seen.GetValue("mine"));
        Assert.DoesNotContain(seen, entry => entry.Key is "te" or "grpc-timeout" or "grpc-accept-encoding" or "content-type" || entry.Key.StartsWith(':'));
        Assert.DoesNotContain(call.GetTrailers(), entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("100% of: äöü 日本語 🦀\r\n\ttab and %41")]
    [InlineData("")]
    public async Task The_message_of_an_error_arrives_as_it_was(string detail)
    {
        _server.Handlers.Echo = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, detail));
        var e = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client().EchoAsync(new Ask()));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Equal(detail, e.Status.Detail);
    }

    [Fact]
    public async Task Details_of_an_error_arrive_whole()
    {
        var rich = new RichStatus { Code = 9, Message = "stale", Details = { Any.Pack(new Ask { Text = "base moved", Data = Payloads.Bytes(300, 3) }) } };
        _server.Handlers.Repeat = async (_, answers, _) =>
        {
            await answers.WriteAsync(new Answer { Text = "before" });
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "stale"), new Metadata { { "grpc-status-details-bin", rich.ToByteArray() } });
        };
        using var call = _server.Client().Repeat(new Ask());
        Assert.True(await call.ResponseStream.MoveNext());
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        var parsed = RichStatus.Parser.ParseFrom(e.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(rich, parsed);
        Assert.Equal(StatusCode.FailedPrecondition, call.GetStatus().StatusCode);
        Assert.Equal(e.Trailers.Count, call.GetTrailers().Count);
    }

    [Fact]
    public async Task Trailers_of_an_error_without_any_message_arrive()
    {
        _server.Handlers.Echo = (_, context) =>
        {
            context.ResponseTrailers.Add("from-context", "1");
            throw new RpcException(new Status(StatusCode.Aborted, "x"), new Metadata { { "from-exception", "2" } });
        };
        var e = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client().EchoAsync(new Ask()));
        Assert.Equal("1", e.Trailers.GetValue("from-context"));
        Assert.Equal("2", e.Trailers.GetValue("from-exception"));
    }

    [Fact]
    public async Task A_handler_may_set_a_status_instead_of_throwing()
    {
        _server.Handlers.Repeat = (_, _, context) =>
        {
            context.Status = new Status(StatusCode.OutOfRange, "beyond");
            return Task.CompletedTask;
        };
        using var call = _server.Client().Repeat(new Ask());
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.OutOfRange, "beyond"), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task Headers_can_be_sent_ahead_and_only_once()
    {
        var gate = new TaskCompletionSource();
        _server.Handlers.Repeat = async (_, answers, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" } });
            await gate.Task.WaitAsync(TrialServer.Patience);
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
            await answers.WriteAsync(new Answer { Text = "checked" });
        };
        using var call = _server.Client().Repeat(new Ask());
        Assert.Equal("yes", (await call.ResponseHeadersAsync).GetValue("early"));
        gate.SetResult();
        Assert.True(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_context_knows_its_method_peer_and_host()
    {
        _server.Handlers.Echo = (_, context) =>
        {
            Assert.False(context.AuthContext.IsPeerAuthenticated);
            Assert.Equal(DateTime.MaxValue, context.Deadline);
            context.UserState["key"] = "value";
            return Task.FromResult(new Answer { Text = $"{context.Method} {context.Host} {context.Peer} {context.GetHttpContext().Items["key"]}" });
        };
        var answer = await _server.Client().EchoAsync(new Ask());
        Assert.Matches($"^/w0rktree.trial.v1.Trial/Echo {_server.Address.Authority} ipv4:127.0.0.1:[0-9]+ value$", answer.Text);
    }

    [Fact]
    public void Metadata_refuses_bad_keys_and_kinds()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a b", "x"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a-bin", "x"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a", new byte[1]));
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("a-bin", new byte[1]).Value);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "x"));
    }
}
