using Tomlyn.Model;

namespace Tomlyn.Serialization;

/// <summary>Knows the types that may be read and written without reflection; the way for code compiled ahead of time.</summary>
public abstract class TomlSerializerContext : ITomlTypeInfoResolver
{
    /// <summary>Creates a context with default options.</summary>
    protected TomlSerializerContext()
        : this(TomlSerializerOptions.Default)
    {
    }

    /// <summary>Creates a context with options.</summary>
    protected TomlSerializerContext(TomlSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
    }

    /// <summary>The options for all that is read and written through this context.</summary>
    public TomlSerializerOptions Options { get; }

    /// <inheritdoc />
    public abstract TomlTypeInfo? GetTypeInfo(Type type, TomlSerializerOptions options);

    /// <summary>Returns the description of a type that needs no reflection: here <see cref="TomlTable"/> only.</summary>
    protected static TomlTypeInfo<T> GetBuiltInTypeInfo<T>(TomlSerializerOptions options)
    {
        SupportedType.Require(typeof(T));
        return new BuiltInTypeInfo<T>(options);
    }
}
