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

    /// <summary>Gives some consecutive lines as a text of their own.</summary>
    public TextLines Part(int line, int count)
    {
        var (from, to) = (_starts[line], _starts[line + count]);
        var starts = new int[count + 1];
        for (var i = 0; i <= count; i++)
        {
            starts[i] = _starts[line + i] - from;
        }

        return new(Content[from..to], starts);
    }

    /// <summary>Counts the lines that both texts begin with.</summary>
    public int EqualLinesAtStart(TextLines other)
    {
        var common = Content.Span.CommonPrefixLength(other.Content.Span);
        return Math.Min(LinesEndingBy(common), other.LinesEndingBy(common));
    }

    /// <summary>Counts the lines that both texts end with, among those behind some first ones.</summary>
    public int EqualLinesAtEnd(TextLines other, int head)
    {
        var most = Math.Min(Count, other.Count) - head;
        var count = 0;
        while (count < most && this[Count - 1 - count].SequenceEqual(other[other.Count - 1 - count]))
        {
            count++;
        }

        return count;
    }

    /// <summary>Counts the lines that end, terminator included, within so many bytes.</summary>
    private int LinesEndingBy(int bytes)
    {
        var found = Array.BinarySearch(_starts, bytes);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Gives the bytes of consecutive lines.</summary>
    public ReadOnlySpan<byte> Slice(int line, int count) => Content.Span[_starts[line].._starts[line + count]];
}
