using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using W0rktree.Silo.Hosting;

namespace W0rktree.Silo.Listening;

/// <summary>Opens the server's one port, with TLS or without.</summary>
internal static class Listener
{
    /// <summary>Configures Kestrel.</summary>
    public static void Add(WebApplicationBuilder builder, ServerSettings settings)
    {
        var tls = settings.Tls ?? TlsSettings.Read(builder.Configuration);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IConnectionListenerFactory, PipelineOnlyFactory>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // Uploads have limits of their own, counted as they come in.
            kestrel.Limits.MinRequestBodyDataRate = null; // An open stream that is silent is not an attack.
            kestrel.Limits.Http2.InitialConnectionWindowSize = 8 << 20;
            kestrel.Limits.Http2.InitialStreamWindowSize = 4 << 20;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            if (tls is null)
            {
                new EitherProtocol(TimeProvider.System).Listen(kestrel, settings.Listen);
            }
            else
            {
                Listen(kestrel, settings.Listen, tls);
            }
        });
    }

    /// <summary>Gives the address that the server listens at: the port is known once it has started.</summary>
    public static string AddressOf(IServiceProvider services) => services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
        .Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.Single(a => !a.EndsWith(PipelineOnly.Name, StringComparison.Ordinal));

    private static void Listen(KestrelServerOptions kestrel, IPEndPoint endPoint, TlsSettings tls) => kestrel.Listen(endPoint, listen =>
    {
        var certificate = new TlsCertificate(tls, TimeProvider.System, kestrel.ApplicationServices.GetRequiredService<ILogger<TlsCertificate>>());
        _ = certificate.Current(); // What cannot be read says so at the start, not at the first handshake.
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ =>
            {
                var current = certificate.Current();
                return new ValueTask<SslServerAuthenticationOptions>(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(current.Certificate, current.Chain, offline: true),
                });
            },
        });
    });
}
