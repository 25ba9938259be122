using System.Globalization;
using System.Text;
using Tomlyn.Model;

namespace Tomlyn.Reading;

/// <summary>Reads the four forms of strings.</summary>
internal static class StringReader
{
    public static string Read(Scanner scanner, out TomlPropertyDisplayKind kind)
    {
        var start = scanner.Offset;
        var quote = scanner.Current;
        var isLiteral = quote == '\'';
        var isMultiLine = scanner.Peek(1) == quote && scanner.Peek(2) == quote;
        kind = (isLiteral, isMultiLine) switch
        {
            (false, false) => TomlPropertyDisplayKind.Default,
            (false, true) => TomlPropertyDisplayKind.StringMulti,
            (true, false) => TomlPropertyDisplayKind.StringLiteral,
            (true, true) => TomlPropertyDisplayKind.StringLiteralMulti,
        };
        scanner.Advance(isMultiLine ? 3 : 1);
        if (isMultiLine)
        {
            // A line end right after the opening quotes is not part of the string.
            scanner.TryTakeNewLine();
        }

        var value = new StringBuilder();
        while (!TryTakeClosing(scanner, quote, isMultiLine, value))
        {
            if (scanner.AtEnd)
            {
                throw scanner.Fail(start, "this string is not closed");
            }

            if (scanner.NewLineLength > 0)
            {
                if (!isMultiLine)
                {
                    throw scanner.Fail(start, "this string is not closed in its line");
                }

                value.Append(scanner.Rest[..scanner.NewLineLength]);
                scanner.TryTakeNewLine();
            }
            else if (scanner.Current == '\\' && !isLiteral)
            {
                ReadEscape(scanner, isMultiLine, value);
            }
            else
            {
                var from = scanner.Offset;
                scanner.TakeTextCharacter("in a string");
                value.Append(scanner.Slice(from));
            }
        }

        return value.ToString();
    }

    /// <summary>Takes the closing quotes. Of up to five quotes in a row the last three close a string of several lines.</summary>
    private static bool TryTakeClosing(Scanner scanner, char quote, bool isMultiLine, StringBuilder value)
    {
        if (!isMultiLine)
        {
            return scanner.TryTake(quote);
        }

        var run = 0;
        while (run < 5 && scanner.Peek(run) == quote)
        {
            run++;
        }

        if (run < 3)
        {
            return false;
        }

        value.Append(quote, run - 3);
        scanner.Advance(run);
        return true;
    }

    private static void ReadEscape(Scanner scanner, bool isMultiLine, StringBuilder value)
    {
        var start = scanner.Offset;
        scanner.Advance();
        if (isMultiLine && TrySkipFoldedLine(scanner))
        {
            return;
        }

        var letter = scanner.Current;
        scanner.Advance();
        switch (letter)
        {
            case 'b': value.Append('\b'); break;
            case 't': value.Append('\t'); break;
            case 'n': value.Append('\n'); break;
            case 'f': value.Append('\f'); break;
            case 'r': value.Append('\r'); break;
            case '"': value.Append('"'); break;
            case '\\': value.Append('\\'); break;
            case 'u': value.Append(ReadCodePoint(scanner, start, digits: 4).ToString()); break;
            case 'U': value.Append(ReadCodePoint(scanner, start, digits: 8).ToString()); break;
            default: throw scanner.Fail(start, "this escape sequence is not one of \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX", start + 2);
        }
    }

    /// <summary>A backslash before the end of a line takes all blanks and line ends up to the next text away.</summary>
    private static bool TrySkipFoldedLine(Scanner scanner)
    {
        var ahead = 0;
        while (scanner.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        if (scanner.Peek(ahead) != '\n' && (scanner.Peek(ahead) != '\r' || scanner.Peek(ahead + 1) != '\n'))
        {
            return false;
        }

        do
        {
            scanner.SkipBlanks();
        }
        while (scanner.TryTakeNewLine());

        return true;
    }

    private static Rune ReadCodePoint(Scanner scanner, int start, int digits)
    {
        var hex = scanner.Rest.Length >= digits ? scanner.Rest[..digits] : scanner.Rest;
        foreach (var digit in hex)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                hex = [];
                break;
            }
        }

        if (hex.Length != digits)
        {
            throw scanner.Fail(start, $"expected {digits} hexadecimal digits after \\{(digits == 4 ? 'u' : 'U')}", start + 2);
        }

        var code = uint.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        scanner.Advance(digits);
        return Rune.IsValid(code)
            ? new Rune(code)
            : throw scanner.Fail(start, $"U+{code:X} is no Unicode scalar value", scanner.Offset);
    }
}
