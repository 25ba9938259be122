namespace W0rktree.Core.TextDiff;

/// <summary>
/// The lines of some content, each with its terminator, so that joining them gives the content back. Only <c>\n</c> ends a
/// line; the <c>\r</c> of CRLF is part of the line. Immutable. Content is at most 2^31 bytes.
/// </summary>
public sealed class TextLines
{
    private readonly int[] _starts;

    private TextLines(ReadOnlyMemory<byte> content, int[] starts)
    {
        Content = content;
        _starts = starts;
    }

    /// <summary>The content that was split.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>How many lines there are; the last may lack its terminator. Empty content has none.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>True when there is content and its last line has no terminator.</summary>
    public bool LacksFinalNewline => !Content.IsEmpty && Content.Span[^1] != '\n';

    /// <summary>One line with its terminator, counted from 0.</summary>
    public ReadOnlySpan<byte> this[int line] => Content.Span[_starts[line].._starts[line + 1]];

    /// <summary>Splits content. The memory is referred to, not copied, and must not change.</summary>
    public static TextLines Split(ReadOnlyMemory<byte> content)
    {
        var span = content.Span;
        var lines = span.Count((byte)'\n') + (span.IsEmpty || span[^1] == '\n' ? 0 : 1);
        var starts = new int[lines + 1];
        var at = 0;
        for (var line = 0; line < lines; line++)
        {
            starts[line] = at;
            var end = span[at..].IndexOf((byte)'\n');
            at = end < 0 ? span.Length : at + end + 1;
        }

        starts[lines] = span.Length;
        return new(content, starts);
    }

    /// <summary>Gives the bytes of consecutive lines.</summary>
    public ReadOnlySpan<byte> Slice(int line, int count) => Content.Span[_starts[line].._starts[line + count]];
}
