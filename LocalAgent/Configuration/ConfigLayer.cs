using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Serialization;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>Something in a configuration that does not count, and where it stands.</summary>
/// <param name="Code">Stable identifier: <c>broken_configuration</c>, <c>unknown_key</c>, <c>wrong_value</c>, <c>untrusted_key</c> or <c>no_effect</c>.</param>
/// <param name="Source">The file, or the environment variable.</param>
/// <param name="Line">The line from 1; 0 for a variable.</param>
/// <param name="Column">The column from 1; 0 for a variable.</param>
/// <param name="Message">What is wrong, as a sentence.</param>
public sealed record ConfigProblem(string Code, string Source, int Line, int Column, string Message)
{
    /// <summary>Formats as <c>file:line:column: message</c>.</summary>
    public override string ToString() => Line > 0 ? $"{Source}:{Line}:{Column}: {Message}" : $"{Source}: {Message}";
}

/// <summary>One value and where it was set.</summary>
internal sealed record ConfigValue(string Name, object Value, string Source, int Line, int Column);

/// <summary>Holds what one file sets. A file that is not TOML has only its problem.</summary>
internal sealed record ConfigLayer(string Source, bool IsTrusted, IReadOnlyList<ConfigValue> Values, ConfigProblem? Broken)
{
    public static ConfigLayer Empty(string source, bool isTrusted) => new(source, isTrusted, [], null);

    /// <summary>Reads the text of a file.</summary>
    public static ConfigLayer Parse(string source, bool isTrusted, string text)
    {
        var places = new TomlMetadataStore();
        try
        {
            var table = TomlSerializer.Deserialize<TomlTable>(text, new TableContext(new TomlSerializerOptions { SourceName = source, MetadataStore = places }))!;
            var values = new List<ConfigValue>();
            Flatten(table, "", source, places, values);
            return new ConfigLayer(source, isTrusted, values, null);
        }
        catch (TomlException e)
        {
            var message = e.Diagnostics.Count > 0 ? e.Diagnostics[0].Message : e.Message;
            return new ConfigLayer(source, isTrusted, [], new ConfigProblem("broken_configuration", source, e.Line ?? 1, e.Column ?? 1, message));
        }
    }

    private static void Flatten(TomlTable table, string prefix, string source, TomlMetadataStore places, List<ConfigValue> values)
    {
        places.TryGetProperties(table, out var properties);
        foreach (var (key, value) in table)
        {
            var name = prefix + key;
            if (value is TomlTable inner)
            {
                Flatten(inner, name + ".", source, places, values);
                continue;
            }

            var start = properties is not null && properties.TryGetProperty(key, out var property) ? property.Span.Start : default;
            values.Add(new ConfigValue(name, value, source, start.Line + 1, start.Column + 1));
        }
    }

    /// <summary>Reads tables without reflection, which a program that is compiled ahead of time does not have.</summary>
    private sealed class TableContext(TomlSerializerOptions options) : TomlSerializerContext(options)
    {
        public override TomlTypeInfo? GetTypeInfo(Type type, TomlSerializerOptions options) =>
            type == typeof(TomlTable) ? GetBuiltInTypeInfo<TomlTable>(options) : null;
    }
}
