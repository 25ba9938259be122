namespace Orleans
{
    /// <summary>Marks attributes by which a constructor parameter asks for something that belongs to its grain.</summary>
    public interface IFacetMetadata
    {
    }
}

namespace Orleans.Providers
{
    /// <summary>Names the storage provider of a <see cref="Grain{TGrainState}"/>.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StorageProviderAttribute : Attribute
    {
        /// <summary>The provider's name.</summary>
        public string ProviderName { get; set; } = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
    }

    /// <summary>Names that providers have by default.</summary>
    public static class ProviderConstants
    {
        /// <summary>The name of the default storage provider.</summary>
        public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
    }
}

namespace Orleans.Runtime
{
    /// <summary>Names a grain's state and the provider that keeps it.</summary>
    public interface IPersistentStateConfiguration
    {
        /// <summary>The state's name.</summary>
        string StateName { get; }

        /// <summary>The provider's name, or null for the default one.</summary>
        string? StorageName { get; }
    }

    /// <summary>Asks for a state of the grain that is being made.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute : Attribute, IFacetMetadata, IPersistentStateConfiguration
    {
        /// <summary>Names the state and its provider.</summary>
        public PersistentStateAttribute(string stateName, string? storageName = null)
        {
            ArgumentNullException.ThrowIfNull(stateName);
            StateName = stateName;
            StorageName = storageName;
        }

        /// <inheritdoc />
        public string StateName { get; }

        /// <inheritdoc />
        public string? StorageName { get; }
    }
}
