namespace Tomlyn.Text;

/// <summary>A piece of a document, both ends included.</summary>
public readonly struct TomlSourceSpan
{
    /// <summary>Creates a piece of a named document.</summary>
    public TomlSourceSpan(string sourceName, TomlTextPosition start, TomlTextPosition end)
    {
        SourceName = sourceName ?? "";
        Start = start;
        End = end;
    }

    /// <summary>The name of the document, or the empty string.</summary>
    public string SourceName { get; }

    /// <summary>The characters before the piece.</summary>
    public int Offset => Start.Offset;

    /// <summary>The characters in the piece.</summary>
    public int Length => End.Offset - Start.Offset + 1;

    /// <summary>The first place.</summary>
    public TomlTextPosition Start { get; }

    /// <summary>The last place.</summary>
    public TomlTextPosition End { get; }

    /// <summary>Returns name, start and end.</summary>
    public override string ToString() => $"{SourceName}{Start}-{End}";

    /// <summary>Returns name and start.</summary>
    public string ToStringSimple() => $"{SourceName}{Start}";
}
