using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>Adds the parts of a silo to a host.</summary>
internal static class SiloServices
{
    public static void Add(IServiceCollection services)
    {
        if (services.Any(static d => d.ServiceType == typeof(Silo)))
        {
            return;
        }

        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static s => new Cluster(new PoolExecutor(s.GetRequiredService<TimeProvider>())));
        services.AddSingleton<Silo>(static s => new Silo(s, s.GetRequiredService<Cluster>()));
        services.AddSingleton(static s => new Runtime.GrainFactory(s.GetRequiredService<Silo>().Client, s));
        services.TryAddSingleton<IGrainFactory>(static s => s.GetRequiredService<Runtime.GrainFactory>());
        services.TryAddSingleton<IClusterClient>(static s => s.GetRequiredService<Runtime.GrainFactory>());
        services.TryAddSingleton<ITimerRegistry, TimerRegistry>();
        services.TryAddSingleton<GrainRuntime>();
        services.TryAddSingleton<IGrainRuntime>(static s => s.GetRequiredService<GrainRuntime>());
        services.TryAddSingleton<IGrainContextAccessor>(static s => s.GetRequiredService<GrainRuntime>());
        services.TryAddSingleton<IPersistentStateFactory, PersistentStateFactory>();
        services.TryAddSingleton<ILocalSiloDetails, LocalSiloDetails>();
        services.TryAddSingleton(static _ => new DeepCopier());
        services.AddSingleton<IHostedService, SiloHostedService>();
    }
}

/// <summary>What a silo says of itself.</summary>
internal sealed class LocalSiloDetails(Silo silo, IOptions<ClusterOptions> cluster) : ILocalSiloDetails
{
    public string Name => silo.Name;

    public string ClusterId => cluster.Value.ClusterId;

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress => silo.Address;

    public SiloAddress GatewayAddress => silo.Address;
}
