using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>Chooses how silos find each other.</summary>
public static class CoreHostingExtensions
{
    /// <summary>Runs a silo by itself. No port is opened.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder, int siloPort = 11111, int gatewayPort = 30000, IPEndPoint? primarySiloEndpoint = null, string serviceId = "dev", string clusterId = "dev")
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (primarySiloEndpoint is not null && primarySiloEndpoint.Port != siloPort)
        {
            builder.Services.AddSingleton(new StandinRefusal("A second silo in another process"));
        }

        builder.Services.AddSingleton(new ClusteringChoice("localhost"));
        builder.Services.Configure<ClusterOptions>(o =>
        {
            o.ServiceId = string.IsNullOrWhiteSpace(o.ServiceId) || o.ServiceId == ClusterOptions.DefaultServiceId ? serviceId : o.ServiceId;
            o.ClusterId = string.IsNullOrWhiteSpace(o.ClusterId) || o.ClusterId == ClusterOptions.DefaultClusterId ? clusterId : o.ClusterId;
        });
        return builder;
    }

    /// <summary>Passes traces on with calls.</summary>
    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddOutgoingGrainCallFilter<Runtime.ActivityOutgoingFilter>().AddIncomingGrainCallFilter<Runtime.ActivityIncomingFilter>();
    }
}
