using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Adds call filters to a silo.</summary>
public static class GrainCallFilterSiloBuilderExtensions
{
    /// <summary>Adds an incoming filter.</summary>
    public static ISiloBuilder AddIncomingGrainCallFilter(this ISiloBuilder builder, IIncomingGrainCallFilter filter)
    {
        builder.Services.AddIncomingGrainCallFilter(filter);
        return builder;
    }

    /// <summary>Adds an incoming filter.</summary>
    public static ISiloBuilder AddIncomingGrainCallFilter<TImplementation>(this ISiloBuilder builder)
        where TImplementation : class, IIncomingGrainCallFilter
    {
        builder.Services.AddIncomingGrainCallFilter<TImplementation>();
        return builder;
    }

    /// <summary>Adds an incoming filter.</summary>
    public static ISiloBuilder AddIncomingGrainCallFilter(this ISiloBuilder builder, IncomingGrainCallFilterDelegate filter)
    {
        builder.Services.AddIncomingGrainCallFilter(filter);
        return builder;
    }

    /// <summary>Adds an outgoing filter.</summary>
    public static ISiloBuilder AddOutgoingGrainCallFilter(this ISiloBuilder builder, IOutgoingGrainCallFilter filter)
    {
        builder.Services.AddOutgoingGrainCallFilter(filter);
        return builder;
    }

    /// <summary>Adds an outgoing filter.</summary>
    public static ISiloBuilder AddOutgoingGrainCallFilter<TImplementation>(this ISiloBuilder builder)
        where TImplementation : class, IOutgoingGrainCallFilter
    {
        builder.Services.AddOutgoingGrainCallFilter<TImplementation>();
        return builder;
    }

    /// <summary>Adds an outgoing filter.</summary>
    public static ISiloBuilder AddOutgoingGrainCallFilter(this ISiloBuilder builder, OutgoingGrainCallFilterDelegate filter)
    {
        builder.Services.AddOutgoingGrainCallFilter(filter);
        return builder;
    }
}

/// <summary>Adds outgoing call filters to a client.</summary>
public static class ClientBuilderGrainCallFilterExtensions
{
    /// <summary>Adds a filter.</summary>
    public static IClientBuilder AddOutgoingGrainCallFilter(this IClientBuilder builder, IOutgoingGrainCallFilter filter)
    {
        builder.Services.AddOutgoingGrainCallFilter(filter);
        return builder;
    }

    /// <summary>Adds a filter.</summary>
    public static IClientBuilder AddOutgoingGrainCallFilter<TImplementation>(this IClientBuilder builder)
        where TImplementation : class, IOutgoingGrainCallFilter
    {
        builder.Services.AddOutgoingGrainCallFilter<TImplementation>();
        return builder;
    }

    /// <summary>Adds a filter.</summary>
    public static IClientBuilder AddOutgoingGrainCallFilter(this IClientBuilder builder, OutgoingGrainCallFilterDelegate filter)
    {
        builder.Services.AddOutgoingGrainCallFilter(filter);
        return builder;
    }
}

/// <summary>Adds call filters to services.</summary>
internal static class GrainCallFilterServices
{
    /// <summary>Adds an incoming filter.</summary>
    public static IServiceCollection AddIncomingGrainCallFilter(this IServiceCollection services, IIncomingGrainCallFilter filter) =>
        services.AddSingleton(filter);

    /// <summary>Adds an incoming filter.</summary>
    public static IServiceCollection AddIncomingGrainCallFilter<TImplementation>(this IServiceCollection services)
        where TImplementation : class, IIncomingGrainCallFilter => services.AddSingleton<IIncomingGrainCallFilter, TImplementation>();

    /// <summary>Adds an incoming filter.</summary>
    public static IServiceCollection AddIncomingGrainCallFilter(this IServiceCollection services, IncomingGrainCallFilterDelegate filter) =>
        services.AddSingleton<IIncomingGrainCallFilter>(new IncomingDelegateFilter(filter));

    /// <summary>Adds an outgoing filter.</summary>
    public static IServiceCollection AddOutgoingGrainCallFilter(this IServiceCollection services, IOutgoingGrainCallFilter filter) =>
        services.AddSingleton(filter);

    /// <summary>Adds an outgoing filter.</summary>
    public static IServiceCollection AddOutgoingGrainCallFilter<TImplementation>(this IServiceCollection services)
        where TImplementation : class, IOutgoingGrainCallFilter => services.AddSingleton<IOutgoingGrainCallFilter, TImplementation>();

    /// <summary>Adds an outgoing filter.</summary>
    public static IServiceCollection AddOutgoingGrainCallFilter(this IServiceCollection services, OutgoingGrainCallFilterDelegate filter) =>
        services.AddSingleton<IOutgoingGrainCallFilter>(new OutgoingDelegateFilter(filter));
}
