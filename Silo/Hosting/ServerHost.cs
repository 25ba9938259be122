using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Grains.Accounts;
using W0rktree.Grains.Hosting;
using W0rktree.Grains.State;
using W0rktree.Silo.Audit;
using W0rktree.Silo.Front;
using W0rktree.Silo.Listening;
using W0rktree.Silo.Pages;
using W0rktree.Silo.Pages.SingleSignOn;
using W0rktree.Silo.Rest;
using W0rktree.Silo.State;
using W0rktree.Silo.Vault;

namespace W0rktree.Silo.Hosting;

/// <summary>Puts a server together: a silo, its storage, the vault and both fronts, gRPC and REST, in one process.</summary>
internal static class ServerHost
{
    // A stage lists up to 10,000 paths; content comes in frames of 1 MiB.
    private const int MaxMessageBytes = 16 << 20;

    /// <summary>Builds the server; it listens once it is started.</summary>
    public static WebApplication Build(ServerSettings settings, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = settings.DataFolder });
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.ClearProviders().AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        Listener.Add(builder, settings);
        var cluster = ClusterSettings.Read(builder.Configuration);
        AddServices(builder.Services, settings, cluster);
        builder.Services.AddSingleton(AuditOptions.Read(builder.Configuration));
        builder.Services.AddSingleton(IdentitySettings.Read(builder.Configuration));
        builder.Services.AddSingleton(QuotaSettings.Read(builder.Configuration));
        builder.Services.AddSingleton(ProviderSettings.Read(builder.Configuration));
        builder.Services.AddSingleton<ProviderBook>();
        builder.Services.AddRestApi(builder.Configuration);
        builder.UseOrleans(silo => AddSilo(silo, cluster));
        Telemetry.Add(builder.Services, builder.Configuration);
        replace?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseWebSockets();
        app.UseRouting();
        app.UseRestDoor();
        app.UseMiddleware<PageDoor>();
        app.MapGrpcService<IdentityService>();
        app.MapGrpcService<WorktreesService>();
        app.MapGrpcService<SyncService>();
        app.MapGrpcService<EventsService>();
        app.MapGrpcService<AuditService>();
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", ReadyAsync);
        app.MapRestApi();
        DevicePages.Map(app);
        SingleSignOnPages.Map(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, ServerSettings settings, ClusterSettings? cluster)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddStates(settings, cluster);
        services.AddSingleton(new VaultOptions { Folder = settings.VaultFolder });
        services.AddSingleton<EmbeddedVault>();
        services.AddSingleton<IObjectVault>(s => s.GetRequiredService<EmbeddedVault>());
        services.AddSingleton<Passwords>();
        services.AddSingleton<RequestAudit>();
        services.AddSingleton<RequestTally>();
        services.AddHostedService(static s => s.GetRequiredService<RequestTally>());
        services.AddHostedService<AuditRetention>();
        services.AddSingleton<NameBook>();
        services.AddSingleton<QuotaBook>();
        services.AddSingleton<SignInDesk>();
        services.AddSingleton<EventFeed>();
        services.AddGrpc(o =>
        {
            o.MaxReceiveMessageSize = MaxMessageBytes;
            o.Interceptors.Add<CallerInterceptor>();
        });
    }

    private static void AddSilo(ISiloBuilder silo, ClusterSettings? cluster)
    {
        if (cluster is null)
        {
            // A key for each run: a ticket lives seconds, and none may outlive the process that made it.
            silo.UseLocalhostClustering();
            silo.AddW0rktreeGrains(new TicketKeyRing(TicketKey.Draw()), new RevocationOptions());
        }
        else
        {
            cluster.Apply(silo);
            silo.AddW0rktreeGrains(cluster.Keys(), new RevocationOptions { SingleSilo = cluster.IsAlone });
        }

        silo.Services.AddGrainStorage(StateStores.Name, static (services, _) => new StateGrainStorage(services.GetRequiredService<IStateTable>()));
        silo.AddActivityPropagation();
    }

    /// <summary>Answers 200 when states can be read.</summary>
    private static async Task<IResult> ReadyAsync(IStateTable states, CancellationToken cancellationToken)
    {
        _ = await states.ReadAsync(new StateKey("health", "0"), cancellationToken);
        return Results.Text("ready");
    }
}
