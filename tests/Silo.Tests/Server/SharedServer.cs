using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Tests.Server;

/// <summary>One server for all tests that make what they need themselves and look at nothing else; it ends with the process.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static readonly Lock Door = new();
    private static Task<TestServer>? _started;

    private TestServer? _server;

    public GrpcChannel Channel => Running.Channel;

    public string Folder => Running.Folder;

    public string Address => Running.Address;

    private TestServer Running => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        Task<TestServer> started;
        lock (Door)
        {
            started = _started ??= StartAsync();
        }

        _server = await started;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<TestServer> StartAsync()
    {
        var server = new CrowdedServer();
        await server.InitializeAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(server.Folder, recursive: true);
        return server;
    }

    /// <summary>Takes the registrations of all tests within one minute, and of each token as many requests as a server does.</summary>
    private sealed class CrowdedServer : TestServer
    {
        protected override void Replace(IServiceCollection services) => services.AddSingleton(new LimitSettings { AnonymousPerMinute = int.MaxValue });
    }
}
