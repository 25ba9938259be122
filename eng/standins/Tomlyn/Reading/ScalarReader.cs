using System.Buffers;
using System.Globalization;
using Tomlyn.Model;

namespace Tomlyn.Reading;

/// <summary>Reads values of one word: booleans, numbers, dates and times.</summary>
internal static class ScalarReader
{
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n,]}#=[{\"'");

    public static object Read(Scanner scanner, out TomlPropertyDisplayKind kind)
    {
        kind = TomlPropertyDisplayKind.Default;
        var start = scanner.Offset;
        var length = WordLength(scanner.Rest);
        if (length == 0)
        {
            throw scanner.Unexpected("expected a value");
        }

        var word = scanner.Rest[..length].ToString();
        scanner.Advance(length);
        switch (word)
        {
            case "true":
                return true;
            case "false":
                return false;
        }

        if (DateTimeReader.LooksLikeOne(word))
        {
            var value = DateTimeReader.TryRead(word)
                ?? throw scanner.Fail(start, $"'{word}' is no valid date or time", scanner.Offset);
            kind = TomlPropertyDisplayKind.OffsetDateTimeByZ + (int)value.Kind;
            return value;
        }

        return NumberReader.TryRead(word, ref kind)
            ?? throw scanner.Fail(start, $"'{Shorten(word)}' is no value: expected a string, number, boolean, date, array or table", scanner.Offset);
    }

    /// <summary>A word ends at a blank or sign; but a single space may stand between a date and a time.</summary>
    private static int WordLength(ReadOnlySpan<char> rest)
    {
        var length = End(rest);
        const int DateLength = 10;
        if (length == DateLength && rest[4] == '-' && rest.Length > length + 1 && rest[length] == ' ' && char.IsAsciiDigit(rest[length + 1]))
        {
            length += 1 + End(rest[(length + 1)..]);
        }

        return length;

        static int End(ReadOnlySpan<char> text) => text.IndexOfAny(WordEnds) is var end && end < 0 ? text.Length : end;
    }

    private static string Shorten(string word) => word.Length <= 40 ? word : string.Concat(word.AsSpan(0, 40), "...");
}

/// <summary>Reads integers (64 bits, four bases) and floating-point numbers (64 bits).</summary>
internal static class NumberReader
{
    /// <summary>Returns a long or a double, or null if the word is neither or does not fit.</summary>
    public static object? TryRead(string word, ref TomlPropertyDisplayKind kind)
    {
        if (word.Length > 2 && word[0] == '0')
        {
            var (radix, written) = word[1] switch
            {
                'x' => (16, TomlPropertyDisplayKind.IntegerHexadecimal),
                'o' => (8, TomlPropertyDisplayKind.IntegerOctal),
                'b' => (2, TomlPropertyDisplayKind.IntegerBinary),
                _ => (0, kind),
            };
            if (radix != 0)
            {
                kind = written;
                return ReadPrefixed(word.AsSpan(2), radix);
            }
        }

        var unsigned = word[0] is '+' or '-' ? word.AsSpan(1) : word;
        switch (unsigned)
        {
            case "inf":
                return word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan":
                return double.NaN;
        }

        var whole = Digits(unsigned);
        if (whole == 0 || (whole > 1 && unsigned[0] == '0'))
        {
            return null;
        }

        var plain = word.Replace("_", "", StringComparison.Ordinal);
        if (whole == unsigned.Length)
        {
            return long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer : null;
        }

        return IsFloatTail(unsigned[whole..]) ? double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture) : null;
    }

    private static bool IsFloatTail(ReadOnlySpan<char> tail)
    {
        if (tail[0] == '.')
        {
            var digits = Digits(tail[1..]);
            tail = tail[(1 + digits)..];
            if (digits == 0 || tail.IsEmpty)
            {
                return digits > 0;
            }
        }

        if (tail[0] is not ('e' or 'E'))
        {
            return false;
        }

        tail = tail[1..];
        tail = tail is ['+' or '-', ..] ? tail[1..] : tail;
        return !tail.IsEmpty && Digits(tail) == tail.Length;
    }

    /// <summary>The length of the run of digits at the start, in which underscores may stand between digits; 0 if it is malformed.</summary>
    private static int Digits(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '_'))
        {
            length++;
        }

        var run = text[..length];
        return length > 0 && run[0] != '_' && run[^1] != '_' && !run.Contains("__", StringComparison.Ordinal) ? length : 0;
    }

    private static object? ReadPrefixed(ReadOnlySpan<char> digits, int radix)
    {
        ulong value = 0;
        var previous = '_';
        foreach (var digit in digits)
        {
            if (digit == '_')
            {
                if (previous == '_')
                {
                    return null;
                }
            }
            else
            {
                var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
                if (number >= radix || value > ((ulong)long.MaxValue - (ulong)number) / (ulong)radix)
                {
                    return null;
                }

                value = (value * (ulong)radix) + (ulong)number;
            }

            previous = digit;
        }

        return previous == '_' ? null : (long)value;
    }
}
