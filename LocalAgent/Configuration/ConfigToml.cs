using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Serialization;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>Says that configuration is read as a table, so that nothing has to be found by reflection in an agent that is compiled ahead of time.</summary>
internal sealed class ConfigToml(TomlSerializerOptions options) : TomlSerializerContext(options)
{
    /// <inheritdoc/>
    public override TomlTypeInfo? GetTypeInfo(Type type, TomlSerializerOptions options) =>
        type == typeof(TomlTable) ? GetBuiltInTypeInfo<TomlTable>(options) : null;
}
