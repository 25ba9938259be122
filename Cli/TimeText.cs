using System.Globalization;

namespace W0rktree.Cli;

/// <summary>Reads times as people write them: dates, dates with a time, and distances from now.</summary>
public static class TimeText
{
    private static readonly string[] s_forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss"];
    private static readonly string[] s_zonedForms = ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>Reads a time; one without a zone is local.</summary>
    public static bool TryParse(string text, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset time)
    {
        var trimmed = text.Trim();
        if (DateTimeOffset.TryParseExact(trimmed.Replace("Z", "+00:00", StringComparison.Ordinal), s_zonedForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
        {
            return true;
        }

        if (DateTime.TryParseExact(trimmed, s_forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            time = At(local, zone);
            return true;
        }

        return trimmed switch
        {
            "now" => Is(now, out time),
            "today" => Is(At(now.Date, zone), out time),
            "yesterday" => Is(At(now.Date.AddDays(-1), zone), out time),
            _ => TryDistance(trimmed, now, out time),
        };
    }

    /// <summary>Reads <c>3 days ago</c>, <c>3.days.ago</c>, <c>2w</c>.</summary>
    private static bool TryDistance(string text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = default;
        var words = text.Replace('.', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var digits = words.Length == 0 ? 0 : words[0].TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 6)
        {
            return false;
        }

        var count = int.Parse(words[0].AsSpan(0, digits), CultureInfo.InvariantCulture);
        string[] rest = digits < words[0].Length ? [words[0][digits..], .. words[1..]] : words[1..];
        if (rest is not ([_] or [_, "ago"]))
        {
            return false;
        }

        try
        {
            DateTimeOffset? found = rest[0] switch
            {
                "s" or "second" or "seconds" => now.AddSeconds(-count),
                "min" or "minute" or "minutes" => now.AddMinutes(-count),
                "h" or "hour" or "hours" => now.AddHours(-count),
                "d" or "day" or "days" => now.AddDays(-count),
                "w" or "week" or "weeks" => now.AddDays(-7.0 * count),
                "m" or "month" or "months" => now.AddMonths(-count),
                "y" or "year" or "years" => now.AddYears(-count),
                _ => null,
            };
            time = found ?? default;
            return found is not null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // Before the year 1: everything is later than that.
            time = DateTimeOffset.MinValue;
            return true;
        }
    }

    private static bool Is(DateTimeOffset value, out DateTimeOffset time)
    {
        time = value;
        return true;
    }

    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone) => new(local, zone.GetUtcOffset(local));
}
