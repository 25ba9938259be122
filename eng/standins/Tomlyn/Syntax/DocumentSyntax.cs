namespace Tomlyn.Syntax;

/// <summary>A parsed document, of which this stand-in keeps only what is wrong with it.</summary>
public sealed class DocumentSyntax
{
    internal DocumentSyntax()
    {
    }

    /// <summary>What is wrong with the document.</summary>
    public DiagnosticsBag Diagnostics { get; } = [];

    /// <summary>Whether the document is refused.</summary>
    public bool HasErrors => Diagnostics.HasErrors;
}
