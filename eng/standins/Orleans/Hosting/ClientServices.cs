using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>Adds the parts of a client, which is outside of silos but in the same process, to a host.</summary>
internal static class ClientServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions();
        services.AddSingleton(static s => new ClientRuntime(
            s.GetRequiredService<Cluster>(), $"client-{s.GetRequiredService<Cluster>().NextGeneration()}", s.GetRequiredService<IOptions<ClientMessagingOptions>>().Value, s.GetServices<IOutgoingGrainCallFilter>));
        services.AddSingleton(static s => new Runtime.GrainFactory(s.GetRequiredService<ClientRuntime>(), s));
        services.TryAddSingleton<IGrainFactory>(static s => s.GetRequiredService<Runtime.GrainFactory>());
        services.TryAddSingleton<IClusterClient>(static s => s.GetRequiredService<Runtime.GrainFactory>());
        services.TryAddSingleton(static _ => new DeepCopier());
        services.AddSingleton<IHostedService, ClientHostedService>();
    }
}

/// <summary>Joins the cluster with the client's host.</summary>
internal sealed class ClientHostedService(ClientRuntime client) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        client.Cluster.Add(client);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        client.Cluster.Remove(client);
        client.Dispose();
        return Task.CompletedTask;
    }
}
