using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

public sealed class TlsTests : IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = SelfSigned();
    private TrialServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TrialServer.StartAsync(certificate: _certificate);
        _server.Handlers.Echo = (ask, context) => Task.FromResult(new Answer
        {
            Text = $"{ask.Text} {context.GetHttpContext().Request.Scheme} {context.RequestHeaders.GetValue("authorization")}",
        });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Calls_go_over_TLS() => Assert.Equal("hello https ", (await Client().EchoAsync(new Ask { Text = "hello" })).Text);

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted_is_unavailable_or_internal()
    {
        var e = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client().EchoAsync(new Ask()));
        Assert.True(e.StatusCode is StatusCode.Unavailable or StatusCode.Internal, $"{e.StatusCode}");
    }

    [Fact]
    public async Task Call_credentials_go_with_each_call()
    {
        var count = 0;
        var credentials = CallCredentials.FromInterceptor((context, metadata) =>
        {
            Assert.Equal("Echo", context.MethodName);
            Assert.EndsWith("/w0rktree.trial.v1.Trial", context.ServiceUrl, StringComparison.Ordinal);
            metadata.Add("authorization", $"Bearer {++count}");
            return Task.CompletedTask;
        });
        var client = Client(options => options.Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, credentials));
        Assert.Equal("a https Bearer 1", (await client.EchoAsync(new Ask { Text = "a" })).Text);
        Assert.Equal("b https Bearer 2", (await client.EchoAsync(new Ask { Text = "b" })).Text);
        var single = Client().EchoAsync(new Ask { Text = "c" }, new CallOptions(credentials: credentials));
        Assert.Equal("c https Bearer 3", (await single).Text);
    }

    [Fact]
    public void Credentials_that_do_not_fit_the_address_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => _server.Channel(options => options.Credentials = ChannelCredentials.Insecure));
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(
            "http://127.0.0.1:1", new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private Trial.TrialClient Client(Action<GrpcChannelOptions>? configure = null) => _server.Client(options =>
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) =>
            presented is not null && presented.GetCertHashString(HashAlgorithmName.SHA256) == _certificate.GetCertHashString(HashAlgorithmName.SHA256);
        options.HttpHandler = handler;
        configure?.Invoke(options);
    });
}
