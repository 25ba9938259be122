using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>The client against a bare HTTP server that answers as each test says.</summary>
public sealed class ClientWireTests : IAsyncLifetime
{
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;
    private RequestDelegate _answer = _ => Task.CompletedTask;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.Run(context => _answer(context));
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(418, StatusCode.Unknown)]
    public async Task An_HTTP_error_has_its_status(int http, StatusCode expected)
    {
        _answer = context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        };
        Assert.Equal(expected, (await FailAsync()).StatusCode);
    }

    [Theory]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xB, StatusCode.ResourceExhausted)]
    [InlineData(0xC, StatusCode.PermissionDenied)]
    [InlineData(0x2, StatusCode.Internal)]
    public async Task A_reset_has_its_status(int error, StatusCode expected)
    {
        _answer = async context =>
        {
            await StartAsync(context);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(error);
        };
        using var call = Client().Repeat(new Ask());
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext())).StatusCode);
    }

    [Fact]
    public async Task A_response_that_is_not_gRPC_is_an_error()
    {
        _answer = context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<p>hello");
        };
        Assert.Contains("text/html", (await FailAsync()).Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_without_a_status_is_an_error()
    {
        _answer = StartAsync;
        Assert.NotEqual(StatusCode.OK, (await FailAsync()).StatusCode);
    }

    [Fact]
    public async Task An_OK_without_a_message_is_an_error_of_a_unary_call()
    {
        _answer = context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "0";
            return Task.CompletedTask;
        };
        Assert.Equal(StatusCode.Internal, (await FailAsync()).StatusCode);
        using var stream = Client().Repeat(new Ask());
        Assert.False(await stream.ResponseStream.MoveNext());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Messages_cut_anywhere_arrive_whole(int pieceSize)
    {
        // Text "ab", then an empty message, then text "c", then 40,000 bytes of data.
        byte[] large = [0, 0, 0, 0x9C, 0x44, 0x12, 0xC0, 0xB8, 0x02, .. new byte[40_000]];
        byte[] body = [.. Convert.FromHexString("00000000040A026162" + "0000000000" + "00000000030A0163"), .. large];
        _answer = async context =>
        {
            await StartAsync(context);
            for (var (i, size) = (0, 0); i < body.Length; i += size)
            {
                size = Math.Min(i < 50 ? pieceSize : 10_000, body.Length - i);
                await context.Response.BodyWriter.WriteAsync(body.AsMemory(i, size));
            }

            context.Response.AppendTrailer("grpc-status", "0");
        };
        using var call = Client().Repeat(new Ask());
        List<string> texts = [];
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            texts.Add($"{answer.Text}{answer.Data.Length}");
        }

        Assert.Equal(["ab0", "0", "c0", "40000"], texts);
    }

    [Theory]
    [InlineData("000000")]
    [InlineData("000000000A0A")]
    [InlineData("0100000001AA")]
    [InlineData("0700000000")]
    [InlineData("0000000003FFFFFF")]
    public async Task Broken_framing_is_an_error(string hex)
    {
        _answer = async context =>
        {
            await StartAsync(context);
            await context.Response.BodyWriter.WriteAsync(Convert.FromHexString(hex));
            context.Response.AppendTrailer("grpc-status", "0");
        };

        // The real client takes bytes that are no message for a failure of the transport.
        Assert.True((await FailAsync()).StatusCode is StatusCode.Internal or StatusCode.Unavailable);
    }

    [Fact]
    public async Task A_header_that_announces_four_gigabytes_exhausts_nothing_but_the_call()
    {
        _answer = async context =>
        {
            await StartAsync(context);
            await context.Response.BodyWriter.WriteAsync(Convert.FromHexString("00FFFFFFFF"));
            await context.Response.BodyWriter.FlushAsync();
        };
        Assert.True((await FailAsync()).StatusCode is StatusCode.ResourceExhausted or StatusCode.Internal);
    }

    [Fact]
    public async Task A_request_is_as_the_specification_has_it()
    {
        IHeaderDictionary seen = new HeaderDictionary();
        var path = "";
        _answer = context =>
        {
            path = $"{context.Request.Method} {context.Request.Path}";
            foreach (var header in context.Request.Headers)
            {
                seen[header.Key] = header.Value;
            }

            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "1";
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<RpcException>(async () => await Client().EchoAsync(
            new Ask(), new Metadata { { "one-bin", new byte[] { 1 } } }, DateTime.UtcNow.AddSeconds(100)));
        Assert.Equal("POST /w0rktree.trial.v1.Trial/Echo", path);
        Assert.Equal("trailers", seen.TE);
        Assert.Equal("application/grpc", seen.ContentType);
        Assert.Matches("^[0-9]{1,8}[HMSmun]$", seen["grpc-timeout"].ToString());
        Assert.Contains("gzip", seen["grpc-accept-encoding"].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("grpc-dotnet", seen.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.Equal("AQ", seen["one-bin"].ToString().TrimEnd('='));
    }

    private static Task StartAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        return context.Response.BodyWriter.FlushAsync().AsTask();
    }

    private Trial.TrialClient Client() => new(_channel);

    private async Task<RpcException> FailAsync() => await Assert.ThrowsAsync<RpcException>(async () => await Client().EchoAsync(new Ask()));
}
