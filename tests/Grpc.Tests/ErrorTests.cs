using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

public sealed class ErrorTests
{
    [Fact]
    public async Task A_method_without_an_implementation_is_unimplemented()
    {
        await using var server = await TrialServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await server.Client().NothingAsync(new Ask()));
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }

    [Fact]
    public async Task A_service_that_is_not_mapped_is_unimplemented()
    {
        await using var server = await TrialServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await new Elsewhere.ElsewhereClient(server.Channel()).EchoAsync(new Ask()));
        Assert.Equal((StatusCode.Unimplemented, "Service is unimplemented."), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task A_method_that_the_service_does_not_have_is_unimplemented()
    {
        await using var server = await TrialServer.StartAsync();
        var marshaller = Marshallers.Create<string>(text => System.Text.Encoding.UTF8.GetBytes(text), System.Text.Encoding.UTF8.GetString);
        var method = new Method<string, string>(MethodType.Unary, "w0rktree.trial.v1.Trial", "Later", marshaller, marshaller);
        using var call = server.Channel().CreateCallInvoker().AsyncUnaryCall(method, null, default, "x");
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal((StatusCode.Unimplemented, "Method is unimplemented."), (e.StatusCode, e.Status.Detail));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_in_a_handler_is_unknown_and_told_only_on_request(bool detailed)
    {
        await using var server = await TrialServer.StartAsync(options => options.EnableDetailedErrors = detailed);
        server.Handlers.Echo = (_, _) => throw new InvalidDataException("the secret");
        var e = await Assert.ThrowsAsync<RpcException>(async () => await server.Client().EchoAsync(new Ask()));
        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.StartsWith("Exception was thrown by handler.", e.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(detailed, e.Status.Detail.Contains("the secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_returns_nothing_is_an_error()
    {
        await using var server = await TrialServer.StartAsync();
        server.Handlers.Echo = (_, _) => Task.FromResult<Answer>(null!);
        await Assert.ThrowsAsync<RpcException>(async () => await server.Client().EchoAsync(new Ask()));
    }

    [Fact]
    public async Task An_error_after_messages_comes_after_them()
    {
        await using var server = await TrialServer.StartAsync();
        server.Handlers.Converse = async (asks, answers, _) =>
        {
            Assert.True(await asks.MoveNext());
            await answers.WriteAsync(new Answer { Text = "one" });
            throw new RpcException(new Status(StatusCode.DataLoss, "broken"));
        };
        using var call = server.Client().Converse();
        await call.RequestStream.WriteAsync(new Ask());
        Assert.True(await call.ResponseStream.MoveNext());
        var e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DataLoss, e.StatusCode);
    }

    [Fact]
    public async Task A_refused_upload_tells_the_servers_status()
    {
        await using var server = await TrialServer.StartAsync();
        server.Handlers.Collect = (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "not here"));
        using var call = server.Client().Collect();
        await Assert.ThrowsAnyAsync<RpcException>(async () =>
        {
            // More than any window, so that a write must notice.
            for (var i = 0; i < 100; i++)
            {
                await call.RequestStream.WriteAsync(new Ask { Data = Payloads.Bytes(1_000_000, i) });
            }
        });
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal((StatusCode.PermissionDenied, "not here"), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress(UnusedAddress());
        var e = await Assert.ThrowsAsync<RpcException>(async () => await new Trial.TrialClient(channel).EchoAsync(new Ask()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        using var call = new Trial.TrialClient(channel).Converse();
        e = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Ask()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task A_server_that_goes_away_in_the_middle_is_an_error_and_then_unavailable()
    {
        var server = await TrialServer.StartAsync();
        var address = server.Address;
        server.Handlers.Repeat = async (_, answers, context) =>
        {
            await answers.WriteAsync(new Answer());
            await Task.Delay(TrialServer.Patience, context.CancellationToken);
        };
        using var channel = GrpcChannel.ForAddress(address);
        using var call = new Trial.TrialClient(channel).Repeat(new Ask());
        Assert.True(await call.ResponseStream.MoveNext());
        await server.DisposeAsync();
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        var e = await Assert.ThrowsAsync<RpcException>(async () => await new Trial.TrialClient(channel).EchoAsync(new Ask()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public void An_address_without_a_scheme_that_is_known_is_refused() =>
        Assert.ThrowsAny<Exception>(() => GrpcChannel.ForAddress("ftp://127.0.0.1:1"));

    [Fact]
    public void A_client_and_a_handler_exclude_each_other() => Assert.Throws<ArgumentException>(() =>
    {
        using var http = new HttpClient();
        using var handler = new SocketsHttpHandler();
        _ = GrpcChannel.ForAddress("http://127.0.0.1:1", new GrpcChannelOptions { HttpClient = http, HttpHandler = handler });
    });

    private static string UnusedAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://{socket.LocalEndPoint}";
    }
}
