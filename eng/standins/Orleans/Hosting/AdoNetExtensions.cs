using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Hosting;

// Everything here is accepted and then refused when the silo starts: the stand-in never pretends to be a cluster.

/// <summary>Clusters through a database, with the real packages only.</summary>
public static class AdoNetHostingExtensions
{
    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<AdoNetClusteringSiloOptions> configureOptions) =>
        builder.UseAdoNetClustering(o => o.Configure(configureOptions));

    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetClusteringSiloOptions>> configureOptions) =>
        Refuse(builder, configureOptions, "UseAdoNetClustering");

    /// <summary>Makes the client refuse to start on the stand-in.</summary>
    public static IClientBuilder UseAdoNetClustering(this IClientBuilder builder, Action<AdoNetClusteringClientOptions> configureOptions) =>
        builder.UseAdoNetClustering(o => o.Configure(configureOptions));

    /// <summary>Makes the client refuse to start on the stand-in.</summary>
    public static IClientBuilder UseAdoNetClustering(this IClientBuilder builder, Action<OptionsBuilder<AdoNetClusteringClientOptions>> configureOptions)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<AdoNetClusteringClientOptions>());
        builder.Services.AddSingleton(new StandinRefusal("UseAdoNetClustering"));
        return builder;
    }

    internal static ISiloBuilder Refuse<TOptions>(ISiloBuilder builder, Action<OptionsBuilder<TOptions>>? configureOptions, string feature, string? name = null)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        configureOptions?.Invoke(name is null ? builder.Services.AddOptions<TOptions>() : builder.Services.AddOptions<TOptions>(name));
        builder.Services.AddSingleton(new StandinRefusal(feature));
        return builder;
    }
}

/// <summary>Keeps states in a database, with the real packages only.</summary>
public static class AdoNetGrainStorageSiloBuilderExtensions
{
    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder AddAdoNetGrainStorageAsDefault(this ISiloBuilder builder, Action<AdoNetGrainStorageOptions> configureOptions) =>
        builder.AddAdoNetGrainStorage(Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder AddAdoNetGrainStorage(this ISiloBuilder builder, string name, Action<AdoNetGrainStorageOptions> configureOptions) =>
        builder.AddAdoNetGrainStorage(name, o => o.Configure(configureOptions));

    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder AddAdoNetGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null) =>
        builder.AddAdoNetGrainStorage(Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder AddAdoNetGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null) =>
        AdoNetHostingExtensions.Refuse(builder, configureOptions, "AddAdoNetGrainStorage", name);
}

/// <summary>Keeps reminders in a database, with the real packages only.</summary>
public static class SiloBuilderReminderExtensions
{
    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder UseAdoNetReminderService(this ISiloBuilder builder, Action<AdoNetReminderTableOptions> configureOptions) =>
        builder.UseAdoNetReminderService(o => o.Configure(configureOptions));

    /// <summary>Makes the silo refuse to start on the stand-in.</summary>
    public static ISiloBuilder UseAdoNetReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetReminderTableOptions>> configureOptions) =>
        AdoNetHostingExtensions.Refuse(builder, configureOptions, "UseAdoNetReminderService");
}
