using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using W0rktree.RpcTests.Protos;

namespace W0rktree.RpcTests;

/// <summary>A server on a free loopback port with the trial service, and channels to it.</summary>
public sealed class TrialServer : IAsyncDisposable
{
    // A test that waits for something that never happens ends by this rather than hangs.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly List<GrpcChannel> _channels = [];

    private TrialServer(WebApplication app, TrialHandlers handlers, Uri address)
    {
        _app = app;
        Handlers = handlers;
        Address = address;
    }

    public TrialHandlers Handlers { get; }

    public Uri Address { get; }

    public static async Task<TrialServer> StartAsync(
        Action<GrpcServiceOptions>? options = null,
        Action<IServiceCollection>? services = null,
        X509Certificate2? certificate = null,
        Action<WebApplication>? configure = null)
    {
        var handlers = new TrialHandlers();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Holds for single requests; streams of them are not limited.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        builder.Services.AddSingleton(handlers);
        builder.Services.AddGrpc(grpc => options?.Invoke(grpc));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        configure?.Invoke(app);
        app.MapGrpcService<TrialService>();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return new TrialServer(app, handlers, new Uri(address));
    }

    public GrpcChannel Channel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions();
        configure?.Invoke(options);
        var channel = GrpcChannel.ForAddress(Address, options);
        _channels.Add(channel);
        return channel;
    }

    public Trial.TrialClient Client(Action<GrpcChannelOptions>? configure = null) => new(Channel(configure));

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        // Handlers that still run see their calls aborted rather than hold the server up.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
