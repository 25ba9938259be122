using System.Diagnostics.CodeAnalysis;
using Tomlyn.Syntax;

namespace Tomlyn.Model;

/// <summary>Tells of each key of a table where and how it was written.</summary>
public class TomlPropertiesMetadata
{
    private readonly Dictionary<string, TomlPropertyMetadata> _properties = new(StringComparer.Ordinal);

    /// <summary>Forgets all keys.</summary>
    public void Clear() => _properties.Clear();

    /// <summary>Tells whether something is known of a key.</summary>
    public bool ContainsProperty(string propertyKey) => _properties.ContainsKey(propertyKey);

    /// <summary>Reads what is known of a key.</summary>
    public bool TryGetProperty(string propertyKey, [NotNullWhen(true)] out TomlPropertyMetadata? propertyMetadata) =>
        _properties.TryGetValue(propertyKey, out propertyMetadata);

    /// <summary>Sets what is known of a key.</summary>
    public void SetProperty(string propertyKey, TomlPropertyMetadata propertyMetadata) => _properties[propertyKey] = propertyMetadata;
}

/// <summary>Tells where and how one key was written.</summary>
public class TomlPropertyMetadata
{
    /// <summary>How the value was written.</summary>
    public TomlPropertyDisplayKind DisplayKind { get; set; }

    /// <summary>The place of the key, lines and columns from 0. A table with several headers has the place in the last one.</summary>
    public SourceSpan Span { get; set; }
}

/// <summary>Names the ways in which a value can be written.</summary>
public enum TomlPropertyDisplayKind
{
    /// <summary>The plain way.</summary>
    Default = 0,

    /// <summary>A date-time whose offset is written Z.</summary>
    OffsetDateTimeByZ,

    /// <summary>A date-time with a numeric offset.</summary>
    OffsetDateTimeByNumber,

    /// <summary>A date-time without an offset.</summary>
    LocalDateTime,

    /// <summary>A date.</summary>
    LocalDate,

    /// <summary>A time of day.</summary>
    LocalTime,

    /// <summary>An integer to base 16.</summary>
    IntegerHexadecimal,

    /// <summary>An integer to base 8.</summary>
    IntegerOctal,

    /// <summary>An integer to base 2.</summary>
    IntegerBinary,

    /// <summary>A string in three double quotes.</summary>
    StringMulti,

    /// <summary>A string in single quotes.</summary>
    StringLiteral,

    /// <summary>A string in three single quotes.</summary>
    StringLiteralMulti,

    /// <summary>A table in braces.</summary>
    InlineTable,

    /// <summary>A table that is never written in braces.</summary>
    NoInline,
}
