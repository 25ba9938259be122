using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Listening;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Isolation;

/// <summary>One of two servers that are the same but for what tenant A keeps secret: same ids, same requests, same clock.</summary>
internal sealed class TwinServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wt-twin-").FullName;
    private readonly SteppedTime _clock = new();
    private readonly WebApplication _app;
    private int _drawn;

    private TwinServer() => _app = ServerHost.Build(
        new ServerSettings { DataFolder = _folder, Listen = new(System.Net.IPAddress.Loopback, 0) },
        services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            QuickPasswords.Use(services);
        });

    public GrpcChannel Channel { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    /// <summary>Gets every route of REST with its methods, in the order of their addresses.</summary>
    public IEnumerable<(RouteEndpoint Route, string Method)> Doors => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(r => r.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)).OrderBy(r => r.RoutePattern.RawText, StringComparer.Ordinal)
        .SelectMany(r => r.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Order().Select(m => (r, m)));

    public MemoryObjects Objects { get; } = new();

    public static async Task<TwinServer> StartAsync()
    {
        var server = new TwinServer();
        await server._app.StartAsync();
        var address = Listener.AddressOf(server._app.Services);
        (server.Channel, server.Http.BaseAddress) = (GrpcChannel.ForAddress(address), new Uri(address));
        return server;
    }

    /// <summary>Lets a second pass, on both servers alike.</summary>
    public void Tick() => _clock.Now += TimeSpan.FromSeconds(1);

    public void SetTime(DateTimeOffset now) => _clock.Now = now;

    public DateTimeOffset Now => _clock.Now;

    /// <summary>Gives the same id as the twin's draw of the same number.</summary>
    public string Id() => $"{++_drawn:x32}";

    public async Task<SignInReply> RegisterAsync(string slug, string requestId) => await new Identity.IdentityClient(Channel).RegisterAsync(
        new RegisterRequest { Slug = slug, Email = $"{slug}@example.org", DisplayName = slug, Password = Person.Password, Client = "twin", RequestId = requestId });

    /// <summary>Makes a worktree with a history of one snapshot for each text.</summary>
    public async Task<(TreeRef Tree, SnapshotId[] History)> WorktreeAsync(Metadata owner, string slug, string name, UInt128 id, params Dictionary<string, string>[] states)
    {
        var tree = (await new Worktrees.WorktreesClient(Channel).CreateWorktreeAsync(
            new CreateWorktreeRequest { Owner = slug, Name = name, WorktreeId = new WorktreeId(id).ToString(), RootTreeId = Snapshots.Tree.ToString(), DefaultBranch = "main" }, owner)).Root;
        var sync = new Sync.SyncClient(Channel);
        var history = new List<SnapshotId>();
        foreach (var files in states)
        {
            var parent = history.Count > 0 ? history[^1] : default;
            var next = await Objects.AddAsync(await Objects.TreeAsync(files), message: $"{name} {history.Count}", parents: parent.IsZero ? [] : [parent]);
            var frames = await Person.FramesAsync(Objects, next, parent.IsZero ? [] : [parent]);
            var session = Person.Session();
            await sync.OpenUploadAsync(new OpenUploadRequest { Tree = tree, Session = session, Tip = Person.Bytes(next), ObjectCount = (ulong)frames.Count }, owner);
            using (var call = sync.Upload(owner))
            {
                await call.RequestStream.WriteAsync(new UploadFrame { Start = new UploadStart { Tree = tree, Session = session } });
                foreach (var frame in frames.SelectMany(f => f))
                {
                    await call.RequestStream.WriteAsync(new UploadFrame { Object = frame });
                }

                await call.RequestStream.CompleteAsync();
                Assert.True((await call).Complete);
            }

            await sync.PushAsync(new PushRequest { Tree = tree, Branch = "main", ExpectedHead = Person.Bytes(parent), NewHead = Person.Bytes(next), RequestId = Id() }, owner);
            history.Add(next);
        }

        return (tree, [.. history]);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
