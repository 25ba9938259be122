using System.Text;
using Tomlyn.Text;

namespace Tomlyn.Reading;

/// <summary>Walks over the text of a document, skips what says nothing, and knows the line and column of each place.</summary>
internal sealed class Scanner
{
    public const char End = '\0';

    private readonly string _text;
    private readonly string _sourceName;

    // The last place looked up: as a rule the next one lies just after it.
    private TomlTextPosition _known;

    public Scanner(string text, string? sourceName)
    {
        _text = text;
        _sourceName = sourceName ?? "";
        Offset = text.StartsWith('\uFEFF') ? 1 : 0;
        _known = new TomlTextPosition(Offset, 0, 0);
    }

    /// <summary>The characters read so far.</summary>
    public int Offset { get; private set; }

    public bool AtEnd => Offset >= _text.Length;

    /// <summary>The next character; <see cref="End"/> at the end, which as a character is never allowed in TOML.</summary>
    public char Current => Peek(0);

    public char Peek(int ahead) => Offset + ahead < _text.Length ? _text[Offset + ahead] : End;

    public void Advance(int count = 1) => Offset += count;

    public ReadOnlySpan<char> Rest => _text.AsSpan(Offset);

    public string Slice(int start) => _text[start..Offset];

    public bool TryTake(char expected)
    {
        if (AtEnd || Current != expected)
        {
            return false;
        }

        Offset++;
        return true;
    }

    public void Take(char expected, string what)
    {
        if (!TryTake(expected))
        {
            throw Unexpected($"expected '{expected}' {what}");
        }
    }

    /// <summary>Skips tabs and spaces.</summary>
    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Offset++;
        }
    }

    /// <summary>Skips blanks, comments and line ends.</summary>
    public void SkipLines()
    {
        do
        {
            SkipBlanks();
            SkipComment();
        }
        while (TryTakeNewLine());
    }

    /// <summary>Takes what may follow a statement in its line, and the line's end or the document's.</summary>
    public void TakeEndOfLine()
    {
        SkipBlanks();
        SkipComment();
        if (!TryTakeNewLine() && !AtEnd)
        {
            throw Unexpected("expected the end of the line");
        }
    }

    public bool TryTakeNewLine()
    {
        var length = NewLineLength;
        Offset += length;
        return length > 0;
    }

    /// <summary>1 at a line feed, 2 at a carriage return with one, else 0: a carriage return alone ends no line.</summary>
    public int NewLineLength => Current switch
    {
        '\n' => 1,
        '\r' when Peek(1) == '\n' => 2,
        _ => 0,
    };

    private void SkipComment()
    {
        if (Current != '#')
        {
            return;
        }

        while (!AtEnd && NewLineLength == 0)
        {
            TakeTextCharacter("in a comment");
        }
    }

    /// <summary>Takes one code point of free text, which may be no control character but the tab.</summary>
    public void TakeTextCharacter(string where)
    {
        var current = Current;
        if (current is (< ' ' and not '\t') or '\u007f')
        {
            throw Fail(Offset, $"the control character U+{(int)current:X4} is not allowed {where}");
        }

        if (Rune.DecodeFromUtf16(Rest, out _, out var length) != System.Buffers.OperationStatus.Done)
        {
            throw Fail(Offset, $"half a surrogate pair {where}");
        }

        Offset += length;
    }

    public TomlException Unexpected(string expectation) => Fail(Offset, $"{expectation}, found {Describe()}");

    public TomlException Fail(int start, string message, int end = -1) =>
        new(Span(start, end < 0 ? start + 1 : end), char.ToUpperInvariant(message[0]) + message[1..] + ".");

    /// <summary>Returns the place of the characters from start up to, not including, end.</summary>
    public TomlSourceSpan Span(int start, int end)
    {
        var from = Locate(start);
        return new TomlSourceSpan(_sourceName, from, end <= start + 1 ? from : Locate(end - 1));
    }

    private string Describe()
    {
        if (AtEnd)
        {
            return "the end of the document";
        }

        if (Current is '\n' or '\r')
        {
            return "the end of the line";
        }

        return Current < ' ' || Current == '\u007f' ? $"U+{(int)Current:X4}" : $"'{Rune.GetRuneAt(_text, Offset)}'";
    }

    private TomlTextPosition Locate(int offset)
    {
        var (at, line, column) = offset >= _known.Offset ? (_known.Offset, _known.Line, _known.Column) : (_text.StartsWith('\uFEFF') ? 1 : 0, 0, 0);
        for (; at < offset && at < _text.Length; at++)
        {
            if (_text[at] == '\n')
            {
                line++;
                column = 0;
            }
            else if (!char.IsLowSurrogate(_text[at]))
            {
                column++;
            }
        }

        _known = new TomlTextPosition(at, line, column);
        return _known;
    }
}
