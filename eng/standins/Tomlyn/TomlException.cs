using Tomlyn.Syntax;
using Tomlyn.Text;

namespace Tomlyn;

/// <summary>Reports a document that is no TOML, with the place, or a value that cannot be written as TOML.</summary>
public sealed class TomlException : Exception
{
    /// <summary>Creates the exception for what is wrong with a document; its place is that of the first message.</summary>
    public TomlException(DiagnosticsBag diagnostics)
        : base(diagnostics.ToString())
    {
        Diagnostics = diagnostics;
        Span = diagnostics.Count == 0 ? null : Place.FromSyntax(diagnostics[0].Span);
    }

    /// <summary>Creates the exception without a place.</summary>
    public TomlException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception without a place and with a cause.</summary>
    public TomlException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a place.</summary>
    public TomlException(TomlSourceSpan span, string message)
        : this(span, message, innerException: null)
    {
    }

    /// <summary>Creates the exception for a place and with a cause.</summary>
    public TomlException(TomlSourceSpan span, string message, Exception? innerException)
        : base($"{span.ToStringSimple()} : error : {message}", innerException)
    {
        Span = span;
        Diagnostics.Error(Place.ToSyntax(span), message);
    }

    /// <summary>The messages, of which the first has the text without the place.</summary>
    public DiagnosticsBag Diagnostics { get; } = [];

    /// <summary>The place, if there is one.</summary>
    public TomlSourceSpan? Span { get; }

    /// <summary>The name of the document, if there is one.</summary>
    public string? SourceName => Span?.SourceName;

    /// <summary>The line from 1.</summary>
    public int? Line => Span?.Start.Line + 1;

    /// <summary>The column from 1, in code points.</summary>
    public int? Column => Span?.Start.Column + 1;

    /// <summary>The characters before the place.</summary>
    public int? Offset => Span?.Offset;
}

/// <summary>The two ways in which the real package says the same place.</summary>
internal static class Place
{
    public static SourceSpan ToSyntax(TomlSourceSpan span) => new(span.SourceName, ToSyntax(span.Start), ToSyntax(span.End));

    public static TomlSourceSpan FromSyntax(SourceSpan span) => new(span.FileName, FromSyntax(span.Start), FromSyntax(span.End));

    private static TomlTextPosition FromSyntax(TextPosition position) => new(position.Offset, position.Line, position.Column);

    private static TextPosition ToSyntax(TomlTextPosition position) => new(position.Offset, position.Line, position.Column);
}
