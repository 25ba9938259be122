using Tomlyn.Model;

namespace Tomlyn;

/// <summary>Finds the description of a type.</summary>
public interface ITomlTypeInfoResolver
{
    /// <summary>Returns the description of a type, or null if it is unknown.</summary>
    TomlTypeInfo? GetTypeInfo(Type type, TomlSerializerOptions options);
}

/// <summary>Describes how a type is read and written.</summary>
public abstract class TomlTypeInfo
{
    private protected TomlTypeInfo(Type type, TomlSerializerOptions options)
    {
        Type = type;
        Options = options;
    }

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>The options to read and write with.</summary>
    public TomlSerializerOptions Options { get; }
}

/// <summary>Describes how a type is read and written.</summary>
public abstract class TomlTypeInfo<T> : TomlTypeInfo
{
    private protected TomlTypeInfo(TomlSerializerOptions options)
        : base(typeof(T), options)
    {
    }
}

/// <summary>Describes the one type that this stand-in knows.</summary>
internal sealed class BuiltInTypeInfo<T>(TomlSerializerOptions options) : TomlTypeInfo<T>(options);

/// <summary>The limit of this stand-in: it maps no other types.</summary>
internal static class SupportedType
{
    public static void Require(Type type)
    {
        if (type != typeof(TomlTable))
        {
            throw new NotSupportedException(
                $"This stand-in for Tomlyn reads and writes {nameof(TomlTable)} only, not {type}; the real package is needed for that.");
        }
    }
}
