namespace W0rktree.Core.TextDiff;

/// <summary>Finds, for hunks asked for in order, the line above that names the function or section they are in.</summary>
internal sealed class FunctionLines(TextLines text)
{
    /// <summary>Git's limit for what it shows.</summary>
    private const int MaxBytes = 80;

    private int _searchedTo = -1;
    private int _found = -1;

    /// <summary>True for a line that begins a function or section, as git takes it where nothing is said of a language.</summary>
    public static bool IsFunction(ReadOnlySpan<byte> line) => line is [(byte)'_' or (byte)'$', ..] || (!line.IsEmpty && char.IsAsciiLetter((char)line[0]));

    /// <summary>Gives the nearest such line before a line; empty when there is none.</summary>
    public ReadOnlySpan<byte> Before(int line)
    {
        for (var above = line - 1; above > _searchedTo; above--)
        {
            if (IsFunction(text[above]))
            {
                _found = above;
                break;
            }
        }

        _searchedTo = Math.Max(_searchedTo, line - 1);
        if (_found < 0)
        {
            return default;
        }

        var shown = text[_found];
        return shown[..Math.Min(shown.Length, MaxBytes)].TrimEnd(" \t\r\n\v\f"u8);
    }
}
