using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Configuration
{
    /// <summary>How memory storage works.</summary>
    public class MemoryGrainStorageOptions
    {
        /// <summary>The default of <see cref="NumStorageGrains"/>.</summary>
        public const int NumStorageGrainsDefaultValue = 10;

        /// <summary>Not used here: nothing is spread over grains.</summary>
        public int NumStorageGrains { get; set; } = NumStorageGrainsDefaultValue;
    }
}

namespace Orleans.Hosting
{
    /// <summary>Adds storage that is gone with the cluster.</summary>
    public static class MemoryGrainStorageSiloBuilderExtensions
    {
        /// <summary>Adds a named provider.</summary>
        public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name, Action<MemoryGrainStorageOptions> configureOptions) =>
            builder.AddMemoryGrainStorage(name, o => o.Configure(configureOptions));

        /// <summary>Adds a named provider.</summary>
        public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            configureOptions?.Invoke(builder.Services.AddOptions<MemoryGrainStorageOptions>(name));
            builder.Services.TryAddSingleton<MemoryStateStores>();
            builder.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => services.GetRequiredService<MemoryStateStores>().Get(name));
            if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
            {
                builder.Services.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
            }

            return builder;
        }

        /// <summary>Adds the default provider.</summary>
        public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder, Action<MemoryGrainStorageOptions> configureOptions) =>
            builder.AddMemoryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

        /// <summary>Adds the default provider.</summary>
        public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null) =>
            builder.AddMemoryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);
    }
}
