using Tomlyn.Serialization;

namespace Tomlyn;

/// <summary>Holds how TOML is read and written.</summary>
public sealed record TomlSerializerOptions
{
    private const int DefaultMaxDepth = 64;

    /// <summary>The options used where none are given.</summary>
    public static TomlSerializerOptions Default { get; } = new();

    /// <summary>The name of the document in errors and places, as a rule its path.</summary>
    public string? SourceName { get; init; }

    /// <summary>How many tables and arrays may be nested; 0, the default, means 64.</summary>
    public int MaxDepth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>Where reading leaves the place of each key, if that is wanted.</summary>
    public ITomlMetadataStore? MetadataStore { get; init; }

    internal int EffectiveMaxDepth => MaxDepth == 0 ? DefaultMaxDepth : MaxDepth;
}
