using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Listening;

namespace W0rktree.Silo.Tests.Server;

/// <summary>A whole server in this process, on a free loopback port and a folder of its own.</summary>
public class TestServer : IAsyncLifetime
{
    /// <summary>A test that waits for something that never happens ends by this rather than hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("wt-silo-").FullName;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    public GrpcChannel Channel => _channel ?? throw new InvalidOperationException("Not started.");

    public string Folder => _folder;

    public string Address => Listener.AddressOf(Services);

    public IServiceProvider Services => _app!.Services;

    public async Task InitializeAsync()
    {
        _app = ServerHost.Build(new ServerSettings { DataFolder = _folder, Listen = new(System.Net.IPAddress.Loopback, 0) }, services =>
        {
            QuickPasswords.Use(services);
            Replace(services);
        });
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(Address);
    }

    /// <summary>Puts other services in place of the server's own.</summary>
    protected virtual void Replace(IServiceCollection services)
    {
    }

    /// <summary>Stops the server and starts another on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        _channel?.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }
}
