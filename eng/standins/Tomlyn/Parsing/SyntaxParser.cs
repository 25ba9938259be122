using Tomlyn.Reading;
using Tomlyn.Syntax;

namespace Tomlyn.Parsing;

/// <summary>Checks documents.</summary>
/// <remarks>
/// In the real package this is the strict way: its <see cref="TomlSerializer"/> reads tables with keys defined twice, and
/// the last one wins.
/// </remarks>
public static class SyntaxParser
{
    /// <summary>Parses a document and collects what is wrong with it.</summary>
    public static DocumentSyntax Parse(string toml, string? sourceName = null, bool validate = true)
    {
        ArgumentNullException.ThrowIfNull(toml);
        if (!validate)
        {
            throw new NotSupportedException("This stand-in for Tomlyn always validates; the real package is needed to parse without.");
        }

        var document = new DocumentSyntax();
        try
        {
            DocumentReader.Read(toml, TomlSerializerOptions.Default with { SourceName = sourceName });
        }
        catch (TomlException e)
        {
            foreach (var message in e.Diagnostics)
            {
                document.Diagnostics.Add(message);
            }
        }

        return document;
    }

    /// <summary>Parses a document and throws if something is wrong with it.</summary>
    /// <exception cref="TomlException">It is no TOML; the exception has the place of the first error.</exception>
    public static DocumentSyntax ParseStrict(string toml, string? sourceName = null, bool validate = true)
    {
        var document = Parse(toml, sourceName, validate);
        return document.HasErrors ? throw new TomlException(document.Diagnostics) : document;
    }
}
