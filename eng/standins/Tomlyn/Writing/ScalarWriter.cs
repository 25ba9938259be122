using System.Globalization;

namespace Tomlyn.Writing;

/// <summary>Writes values that are neither table nor array.</summary>
internal static class ScalarWriter
{
    public static string Format(object? value) => value switch
    {
        string text => StringWriter.Quote(text),
        char character => StringWriter.Quote(character.ToString()),
        bool flag => flag ? "true" : "false",
        sbyte or byte or short or ushort or int or uint or long => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        ulong large and <= long.MaxValue => large.ToString(CultureInfo.InvariantCulture),
        ulong large => throw new TomlException($"{large} does not fit the 64-bit signed integers of TOML."),
        float number => Float(number, number.ToString("R", CultureInfo.InvariantCulture)),
        double number => Float(number, number.ToString("R", CultureInfo.InvariantCulture)),
        TomlDateTime time => time.ToString(),
        DateTimeOffset time => new TomlDateTime(time, Precision(time.Ticks), TomlDateTimeKind.OffsetDateTimeByNumber).ToString(),
        DateTime time => new TomlDateTime(time) { SecondPrecision = Precision(time.Ticks) }.ToString(),
        DateOnly date => new TomlDateTime(date.Year, date.Month, date.Day).ToString(),
        TimeOnly time => new TomlDateTime(new DateTimeOffset(time.Ticks, TimeSpan.Zero), Precision(time.Ticks), TomlDateTimeKind.LocalTime).ToString(),
        null => throw new TomlException("TOML has no null."),
        _ => throw new TomlException($"A value of type {value.GetType()} has no form in TOML."),
    };

    /// <summary>A float keeps a point or an exponent, or it would be read as an integer.</summary>
    private static string Float(double number, string text) => number switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        _ => text.AsSpan().IndexOfAny('.', 'E') >= 0 ? text : text + ".0",
    };

    /// <summary>The fewest digits of the second's fraction that lose nothing.</summary>
    private static int Precision(long ticks)
    {
        var digits = 7;
        for (var fraction = ticks % TimeSpan.TicksPerSecond; digits > 0 && fraction % 10 == 0; fraction /= 10)
        {
            digits--;
        }

        return digits;
    }
}
