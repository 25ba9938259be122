using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Listening;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Rest;

/// <summary>One port for every client.</summary>
public sealed class ListeningTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Clear_text_is_spoken_in_both_versions_on_one_port(string version)
    {
        using var http = new HttpClient { DefaultRequestVersion = new Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.GetAsync($"{server.Address}/health/ready");
        Assert.Equal((new Version(version), "ready"), (response.Version, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("G", "ET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("P", "OST /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("PRI", " * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405")]
    [InlineData("nonsense\r\n", "\r\n", "HTTP/1.1 400")]
    public async Task A_request_that_comes_in_pieces_is_still_told_apart(string first, string rest, string answer)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(new Uri(server.Address).Authority));
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(first));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(rest));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith(answer, await reader.ReadLineAsync().WaitAsync(TestServer.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_certificate_both_versions_are_negotiated_and_grpc_works()
    {
        var folder = Directory.CreateTempSubdirectory("wt-tls-").FullName;
        try
        {
            var tls = new TlsSettings(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"), null);
            Write(tls, "CN=first");
            await using var app = ServerHost.Build(new ServerSettings { DataFolder = folder, Listen = new(IPAddress.Loopback, 0), Tls = tls });
            await app.StartAsync();
            var address = Listener.AddressOf(app.Services);
            Assert.StartsWith("https://", address, StringComparison.Ordinal);
            string? seen = null;
            using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => (seen = certificate!.Subject) is not null } };
            using var http = new HttpClient(handler);
            foreach (var version in new[] { new Version(1, 1), new Version(2, 0) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/health/live") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                using var response = await http.SendAsync(request);
                Assert.Equal(version, response.Version);
            }

            Assert.Equal("CN=first", seen);
            using var grpcHandler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=first" } };
            using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = grpcHandler });
            Assert.Equal("owner", (await (await Person.RegisterAsync(channel)).MembershipsAsync()).Single().Role);
            await app.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_renewed_certificate_is_taken_when_both_files_fit_and_the_old_one_until_then()
    {
        var folder = Directory.CreateTempSubdirectory("wt-tls-").FullName;
        try
        {
            var clock = new MovableClock();
            var tls = new TlsSettings(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"), null);
            Write(tls, "CN=first");
            var certificate = new TlsCertificate(tls, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<TlsCertificate>.Instance);
            Assert.Equal("CN=first", certificate.Current().Certificate.Subject);

            var key = File.ReadAllBytes(tls.KeyFile!);
            Write(tls, "CN=second");
            var newKey = File.ReadAllBytes(tls.KeyFile!);
            File.WriteAllBytes(tls.KeyFile!, key);
            Touch(tls, 1);
            clock.Elapsed += TimeSpan.FromSeconds(11);
            Assert.Equal("CN=first", certificate.Current().Certificate.Subject);

            File.WriteAllBytes(tls.KeyFile!, newKey);
            Touch(tls, 2);
            clock.Elapsed += TimeSpan.FromSeconds(11);
            Assert.Equal("CN=second", certificate.Current().Certificate.Subject);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(TlsSettings tls, string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(tls.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(tls.KeyFile!, key.ExportPkcs8PrivateKeyPem());
    }

    private static void Touch(TlsSettings tls, int minutes)
    {
        foreach (var file in new[] { tls.CertificateFile, tls.KeyFile! })
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(minutes));
        }
    }

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
