namespace Tomlyn.Text;

/// <summary>A place in a document: offset in characters, line and column, all from 0; a column counts code points.</summary>
public readonly struct TomlTextPosition : IEquatable<TomlTextPosition>
{
    /// <summary>The end of a document when it is not known where that is.</summary>
    public static readonly TomlTextPosition Eof = new(-1, -1, -1);

    /// <summary>Creates a place.</summary>
    public TomlTextPosition(int offset, int line, int column)
    {
        Offset = offset;
        Line = line;
        Column = column;
    }

    /// <summary>The characters (UTF-16) before the place.</summary>
    public int Offset { get; }

    /// <summary>The lines before the place.</summary>
    public int Line { get; }

    /// <summary>The code points before the place in its line.</summary>
    public int Column { get; }

    /// <summary>Returns line and column counted from 1, in parentheses.</summary>
    public override string ToString() => $"({Line + 1},{Column + 1})";

    /// <inheritdoc />
    public bool Equals(TomlTextPosition other) => (Offset, Line, Column) == (other.Offset, other.Line, other.Column);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is TomlTextPosition other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Offset;

    /// <summary>Tells whether two places are the same.</summary>
    public static bool operator ==(TomlTextPosition left, TomlTextPosition right) => left.Equals(right);

    /// <summary>Tells whether two places differ.</summary>
    public static bool operator !=(TomlTextPosition left, TomlTextPosition right) => !left.Equals(right);
}
