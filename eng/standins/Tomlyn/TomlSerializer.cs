using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tomlyn.Model;
using Tomlyn.Reading;
using Tomlyn.Serialization;
using Tomlyn.Writing;

namespace Tomlyn;

/// <summary>Reads TOML to tables and writes tables as TOML.</summary>
/// <remarks>
/// The overloads without a context carry the warnings of the real package, in which they use reflection: code that is compiled
/// ahead of time takes a <see cref="TomlSerializerContext"/>, to read. There is none to write a table with: in the real package
/// that recurses without end.
/// </remarks>
public static class TomlSerializer
{
    private const string Reflection = "In the real package this uses reflection: pass a TomlSerializerContext where code is trimmed.";

    /// <summary>Writes a table.</summary>
    /// <exception cref="TomlException">A value has no form in TOML.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static string Serialize<T>(T value, TomlSerializerOptions? options = null) => Write(value, typeof(T), options);

    /// <summary>Writes a table to a writer.</summary>
    /// <exception cref="TomlException">A value has no form in TOML.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static void Serialize<T>(TextWriter writer, T value, TomlSerializerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Write(value, typeof(T), options));
    }

    /// <summary>Writes a table to a stream in UTF-8.</summary>
    /// <exception cref="TomlException">A value has no form in TOML.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static void Serialize<T>(Stream stream, T value, TomlSerializerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Encoding.UTF8.GetBytes(Write(value, typeof(T), options)));
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="TomlException">It is no TOML; the exception has the place.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static T? Deserialize<T>(string toml, TomlSerializerOptions? options = null) => Read<T>(toml, options);

    /// <summary>Reads a document with the options of a context.</summary>
    /// <exception cref="TomlException">It is no TOML; the exception has the place.</exception>
    public static T? Deserialize<T>(string toml, TomlSerializerContext context) => Read<T>(toml, Options<T>(context));

    /// <summary>Reads a document to the end of a reader.</summary>
    /// <exception cref="TomlException">It is no TOML; the exception has the place.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static T? Deserialize<T>(TextReader reader, TomlSerializerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Read<T>(reader.ReadToEnd(), options);
    }

    /// <summary>Reads a document to the end of a stream.</summary>
    /// <exception cref="TomlException">It is no TOML; the exception has the place.</exception>
    /// <exception cref="DecoderFallbackException">It is no UTF-8.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static T? Deserialize<T>(Stream stream, TomlSerializerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read<T>(Utf8.Decode(stream), options);
    }

    /// <summary>Reads a document with the options of a context, to the end of a stream.</summary>
    /// <exception cref="TomlException">It is no TOML; the exception has the place.</exception>
    /// <exception cref="DecoderFallbackException">It is no UTF-8.</exception>
    public static T? Deserialize<T>(Stream stream, TomlSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var options = Options<T>(context);
        return Read<T>(Utf8.Decode(stream), options);
    }

    /// <summary>Reads a document, and returns false if it is no TOML.</summary>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static bool TryDeserialize<T>(string toml, [NotNullWhen(true)] out T? value, TomlSerializerOptions? options = null)
    {
        try
        {
            value = Read<T>(toml, options)!;
            return true;
        }
        catch (TomlException)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Reads a document with the options of a context, and returns false if it is no TOML.</summary>
    public static bool TryDeserialize<T>(string toml, TomlSerializerContext context, [NotNullWhen(true)] out T? value)
    {
        try
        {
            value = Read<T>(toml, Options<T>(context))!;
            return true;
        }
        catch (TomlException)
        {
            value = default;
            return false;
        }
    }

    private static TomlSerializerOptions Options<T>(TomlSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.GetTypeInfo(typeof(T), context.Options)?.Options
            ?? throw new InvalidOperationException($"{context.GetType()} does not know {typeof(T)}.");
    }

    private static T Read<T>(string toml, TomlSerializerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(toml);
        SupportedType.Require(typeof(T));
        return (T)(object)DocumentReader.Read(toml, options ?? TomlSerializerOptions.Default);
    }

    private static string Write(object? value, Type type, TomlSerializerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(value);
        SupportedType.Require(type);
        using var output = new System.IO.StringWriter();
        new DocumentWriter(output, (options ?? TomlSerializerOptions.Default).EffectiveMaxDepth).Write((TomlTable)value);
        return output.ToString();
    }
}
