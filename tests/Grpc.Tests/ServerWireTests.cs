using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>The server against a bare HTTP client, so that both ends cannot share a mistake.</summary>
public sealed class ServerWireTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private TrialServer _server = null!;

    public async Task InitializeAsync() => _server = await TrialServer.StartAsync();

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_message_cut_into_single_bytes_is_one_message()
    {
        var framed = Framed(new Ask { Text = "cut", Data = Payloads.Bytes(50, 1) });
        var response = await SendAsync("Echo", new CutContent(framed, 1));
        Assert.Equal(Framed(new Answer { Text = "cut", Data = Payloads.Bytes(50, 1) }), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("0", Trailer(response, "grpc-status"));
    }

    [Fact]
    public async Task Several_messages_in_one_chunk_are_several_messages()
    {
        byte[] framed = [.. Framed(new Ask { Text = "a" }), .. Framed(new Ask()), .. Framed(new Ask { Text = "b" })];
        var response = await SendAsync("Collect", new CutContent(framed, framed.Length));
        Assert.Equal(Framed(new Answer { Text = "ab" }), await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("", "13")] // no message
    [InlineData("0000", "13")] // half a header
    [InlineData("000000000A0A", "13")] // half a message
    [InlineData("0000000000" + "0000000000", "13")] // one message too many
    [InlineData("0100000001AA", "13")] // compressed, and no grpc-encoding
    [InlineData("0700000000", "13", "2")] // no such flag
    [InlineData("0000500000", "8")] // a message over the limit announced
    [InlineData("00FFFFFFFF", "8", "2")] // four gigabytes announced
    public async Task Broken_framing_is_refused(string hex, params string[] statuses)
    {
        var response = await SendAsync("Echo", new CutContent(Convert.FromHexString(hex), 3));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Contains(Trailer(response, "grpc-status"), statuses);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_an_error_of_that_call_alone()
    {
        var response = await SendAsync("Echo", new CutContent(Convert.FromHexString("0000000003FFFFFF"), 8));
        await response.Content.ReadAsByteArrayAsync();
        Assert.NotEqual("0", Trailer(response, "grpc-status"));
        Assert.Equal("fine", (await _server.Client().EchoAsync(new Ask { Text = "fine" })).Text);
    }

    [Fact]
    public async Task An_encoding_that_is_not_known_is_unimplemented_and_the_known_ones_are_named()
    {
        var response = await SendAsync("Echo", new CutContent(Convert.FromHexString("0100000004DEADBEEF"), 100), ("grpc-encoding", "snappy"));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("12", Trailer(response, "grpc-status"));
        Assert.Contains("gzip", response.Headers.GetValues("grpc-accept-encoding").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_compression_is_an_error()
    {
        var response = await SendAsync("Echo", new CutContent(Convert.FromHexString("0100000004DEADBEEF"), 100), ("grpc-encoding", "gzip"));
        Assert.NotEqual("0", Trailer(response, "grpc-status"));
    }

    [Fact]
    public async Task An_error_before_any_message_is_a_response_of_headers_alone()
    {
        _server.Handlers.Echo = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "50% sure"));
        var response = await SendAsync("Echo", new CutContent(Framed(new Ask()), 100));
        Assert.Equal("5", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("50%25 sure", response.Headers.GetValues("grpc-message").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Binary_metadata_comes_with_padding_or_without()
    {
        _server.Handlers.Echo = (_, context) =>
        {
            context.ResponseTrailers.Add("out-bin", [.. context.RequestHeaders.GetValueBytes("padded-bin")!, .. context.RequestHeaders.GetValueBytes("bare-bin")!]);
            return Task.FromResult(new Answer());
        };
        var response = await SendAsync("Echo", new CutContent(Framed(new Ask()), 100), ("padded-bin", "AQ=="), ("bare-bin", "AgMEBQ"));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("AQIDBAU", Trailer(response, "out-bin").TrimEnd('='));
    }

    [Fact]
    public async Task The_server_itself_answers_when_a_deadline_passes()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Handlers.Echo = async (_, context) =>
        {
            context.CancellationToken.Register(stopped.SetResult);
            await stopped.Task;
            return new Answer();
        };
        var response = await SendAsync("Echo", new CutContent(Framed(new Ask()), 100), ("grpc-timeout", "100m"));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("4", Trailer(response, "grpc-status"));
        await stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task A_deadline_passes_for_a_client_that_does_not_read()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Handlers.Repeat = async (_, answers, context) =>
        {
            context.CancellationToken.Register(stopped.SetResult);
            while (!stopped.Task.IsCompleted)
            {
                await answers.WriteAsync(new Answer { Data = Payloads.Bytes(1_000_000, 1) });
            }
        };
        using var response = await SendAsync("Repeat", new CutContent(Framed(new Ask()), 100), ("grpc-timeout", "500m"));
        await stopped.Task.WaitAsync(TrialServer.Patience);
    }

    [Fact]
    public async Task Other_content_types_and_old_HTTP_are_refused()
    {
        var content = new CutContent(Framed(new Ask()), 100);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync("Echo", content)).StatusCode);
    }

    private static string Trailer(HttpResponseMessage response, string name) =>
        (response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.Single() : null) ?? "";

    private static byte[] Framed(IMessage message)
    {
        var framed = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), framed.Length - 5);
        message.WriteTo(framed.AsSpan(5));
        return framed;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, HttpContent content, params (string Name, string Value)[] headers)
    {
        content.Headers.ContentType ??= new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, $"/w0rktree.trial.v1.Trial/{method}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Sends bytes in pieces, each in a frame of its own.</summary>
    private sealed class CutContent(byte[] bytes, int pieceSize) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < bytes.Length; i += pieceSize)
            {
                await stream.WriteAsync(bytes.AsMemory(i, Math.Min(pieceSize, bytes.Length - i)));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
