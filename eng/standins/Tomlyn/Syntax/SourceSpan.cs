namespace Tomlyn.Syntax;

/// <summary>A place in a document: offset in characters, line and column, all from 0; a column counts code points.</summary>
public struct TextPosition : IEquatable<TextPosition>
{
    /// <summary>The end of a document when it is not known where that is.</summary>
    public static readonly TextPosition Eof = new(-1, -1, -1);

    /// <summary>Creates a place.</summary>
    public TextPosition(int offset, int line, int column)
    {
        Offset = offset;
        Line = line;
        Column = column;
    }

    /// <summary>The characters (UTF-16) before the place.</summary>
    public int Offset { get; set; }

    /// <summary>The code points before the place in its line.</summary>
    public int Column { get; set; }

    /// <summary>The lines before the place.</summary>
    public int Line { get; set; }

    /// <summary>Returns line and column counted from 1, in parentheses.</summary>
    public override readonly string ToString() => $"({Line + 1},{Column + 1})";

    /// <inheritdoc />
    public readonly bool Equals(TextPosition other) => (Offset, Line, Column) == (other.Offset, other.Line, other.Column);

    /// <inheritdoc />
    public override readonly bool Equals(object? obj) => obj is TextPosition other && Equals(other);

    /// <inheritdoc />
    public override readonly int GetHashCode() => Offset;

    /// <summary>Tells whether two places are the same.</summary>
    public static bool operator ==(TextPosition left, TextPosition right) => left.Equals(right);

    /// <summary>Tells whether two places differ.</summary>
    public static bool operator !=(TextPosition left, TextPosition right) => !left.Equals(right);
}

/// <summary>A piece of a document, both ends included.</summary>
public struct SourceSpan
{
    /// <summary>The name of the document.</summary>
    public string FileName;

    /// <summary>The first place.</summary>
    public TextPosition Start;

    /// <summary>The last place.</summary>
    public TextPosition End;

    /// <summary>Creates a piece of a named document.</summary>
    public SourceSpan(string fileName, TextPosition start, TextPosition end)
    {
        FileName = fileName;
        Start = start;
        End = end;
    }

    /// <summary>The characters before the piece.</summary>
    public readonly int Offset => Start.Offset;

    /// <summary>The characters in the piece.</summary>
    public readonly int Length => End.Offset - Start.Offset + 1;

    /// <summary>Returns name, start and end.</summary>
    public override readonly string ToString() => $"{FileName}{Start}-{End}";

    /// <summary>Returns name and start.</summary>
    public readonly string ToStringSimple() => $"{FileName}{Start}";
}
