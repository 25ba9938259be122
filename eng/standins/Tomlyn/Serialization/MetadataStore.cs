using System.Runtime.CompilerServices;
using Tomlyn.Model;

namespace Tomlyn.Serialization;

/// <summary>Keeps what is known of the keys of tables beside the tables.</summary>
public interface ITomlMetadataStore
{
    /// <summary>Reads what is known of a table's keys.</summary>
    bool TryGetProperties(object instance, out TomlPropertiesMetadata? metadata);

    /// <summary>Sets what is known of a table's keys; null forgets it.</summary>
    void SetProperties(object instance, TomlPropertiesMetadata? metadata);
}

/// <summary>Keeps what is known of a table's keys for as long as the table lives.</summary>
public sealed class TomlMetadataStore : ITomlMetadataStore
{
    private readonly ConditionalWeakTable<object, TomlPropertiesMetadata> _properties = [];

    /// <inheritdoc />
    public bool TryGetProperties(object instance, out TomlPropertiesMetadata? metadata)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return _properties.TryGetValue(instance, out metadata);
    }

    /// <inheritdoc />
    public void SetProperties(object instance, TomlPropertiesMetadata? metadata)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (metadata is null)
        {
            _properties.Remove(instance);
        }
        else
        {
            _properties.AddOrUpdate(instance, metadata);
        }
    }
}
