namespace Tomlyn.Reading;

/// <summary>Reads dates and times of RFC 3339 in the four forms of TOML 1.0; seconds are never left out.</summary>
/// <remarks>
/// Fractions beyond seven digits are cut, as TOML allows. What <see cref="DateTimeOffset"/> cannot hold is refused: leap
/// seconds, offsets beyond 14 hours.
/// </remarks>
internal static class DateTimeReader
{
    private const int MaxPrecision = 7;
    private const int DateLength = 10;
    private const int TimeLength = 8;

    public static bool LooksLikeOne(string word) =>
        (word.Length > 4 && word[4] == '-' && char.IsAsciiDigit(word[0]) && char.IsAsciiDigit(word[3]))
        || (word.Length > 2 && word[2] == ':' && char.IsAsciiDigit(word[0]));

    public static TomlDateTime? TryRead(string word)
    {
        ReadOnlySpan<char> rest = word;
        if (rest[2] == ':')
        {
            return TryTime(ref rest, out var time, out var digits) && rest.IsEmpty
                ? new TomlDateTime(new DateTimeOffset(time.Ticks, TimeSpan.Zero), digits, TomlDateTimeKind.LocalTime)
                : null;
        }

        if (!TryDate(ref rest, out var date))
        {
            return null;
        }

        if (rest.IsEmpty)
        {
            return new TomlDateTime(date.Year, date.Month, date.Day);
        }

        if (rest[0] is not ('T' or 't' or ' '))
        {
            return null;
        }

        rest = rest[1..];
        if (!TryTime(ref rest, out var clock, out var precision))
        {
            return null;
        }

        var local = date + clock;
        return rest switch
        {
            [] => new TomlDateTime(new DateTimeOffset(local, TimeSpan.Zero), precision, TomlDateTimeKind.LocalDateTime),
            ['Z' or 'z'] => new TomlDateTime(new DateTimeOffset(local, TimeSpan.Zero), precision, TomlDateTimeKind.OffsetDateTimeByZ),
            _ => TryOffset(rest, out var offset) && IsRepresentable(local, offset)
                ? new TomlDateTime(new DateTimeOffset(local, offset), precision, TomlDateTimeKind.OffsetDateTimeByNumber)
                : null,
        };
    }

    private static bool TryDate(ref ReadOnlySpan<char> rest, out DateTime date)
    {
        date = default;
        if (rest.Length < DateLength || rest[4] != '-' || rest[7] != '-'
            || !TryNumber(rest[..4], 1, 9999, out var year)
            || !TryNumber(rest[5..7], 1, 12, out var month)
            || !TryNumber(rest[8..10], 1, DateTime.DaysInMonth(year, month), out var day))
        {
            return false;
        }

        date = new DateTime(year, month, day);
        rest = rest[DateLength..];
        return true;
    }

    private static bool TryTime(ref ReadOnlySpan<char> rest, out TimeSpan time, out int precision)
    {
        time = default;
        precision = 0;
        if (rest.Length < TimeLength || rest[2] != ':' || rest[5] != ':'
            || !TryNumber(rest[..2], 0, 23, out var hour)
            || !TryNumber(rest[3..5], 0, 59, out var minute)
            || !TryNumber(rest[6..8], 0, 59, out var second))
        {
            return false;
        }

        time = new TimeSpan(hour, minute, second);
        rest = rest[TimeLength..];
        if (rest is not ['.', ..])
        {
            return true;
        }

        var digits = 0;
        var unit = TimeSpan.TicksPerSecond;
        for (rest = rest[1..]; !rest.IsEmpty && char.IsAsciiDigit(rest[0]); rest = rest[1..])
        {
            digits++;
            unit /= 10;
            time += TimeSpan.FromTicks(unit * (rest[0] - '0'));
        }

        precision = Math.Min(digits, MaxPrecision);
        return digits > 0;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !TryNumber(text[1..3], 0, 23, out var hours)
            || !TryNumber(text[4..6], 0, 59, out var minutes))
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0);
        offset = text[0] == '-' ? -offset : offset;
        return true;
    }

    private static bool IsRepresentable(DateTime local, TimeSpan offset) =>
        offset.Duration() <= TimeSpan.FromHours(14)
        && local.Ticks - offset.Ticks >= DateTime.MinValue.Ticks
        && local.Ticks - offset.Ticks <= DateTime.MaxValue.Ticks;

    private static bool TryNumber(ReadOnlySpan<char> digits, int least, int most, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return number >= least && number <= most;
    }
}
