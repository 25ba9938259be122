using System.Globalization;

namespace Tomlyn;

/// <summary>Names the kinds of TOML dates and times.</summary>
public enum TomlDateTimeKind
{
    /// <summary>A date-time whose offset is written Z.</summary>
    OffsetDateTimeByZ,

    /// <summary>A date-time with a numeric offset.</summary>
    OffsetDateTimeByNumber,

    /// <summary>A date-time without an offset.</summary>
    LocalDateTime,

    /// <summary>A date.</summary>
    LocalDate,

    /// <summary>A time of day.</summary>
    LocalTime,
}

/// <summary>A TOML date, time or both, exact to 100 ns; the parts that the kind lacks say nothing.</summary>
/// <param name="DateTime">The value; local kinds have the offset 0.</param>
/// <param name="SecondPrecision">The digits of the second's fraction, 0 to 7.</param>
/// <param name="Kind">The kind.</param>
public record struct TomlDateTime(DateTimeOffset DateTime, int SecondPrecision, TomlDateTimeKind Kind)
{
    /// <summary>Creates a local date.</summary>
    public TomlDateTime(int year, int month, int day)
        : this(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero), 0, TomlDateTimeKind.LocalDate)
    {
    }

    /// <summary>Creates a local date-time; the kind of <paramref name="datetime"/> says nothing.</summary>
    public TomlDateTime(DateTime datetime)
        : this(new DateTimeOffset(System.DateTime.SpecifyKind(datetime, DateTimeKind.Unspecified), TimeSpan.Zero), 0, TomlDateTimeKind.LocalDateTime)
    {
    }

    /// <summary>Returns the value as TOML writes it.</summary>
    public override readonly string ToString()
    {
        var fraction = SecondPrecision == 0 ? "" : "." + new string('f', SecondPrecision);
        return Kind switch
        {
            TomlDateTimeKind.LocalDate => Text("yyyy-MM-dd"),
            TomlDateTimeKind.LocalTime => Text("HH:mm:ss" + fraction),
            TomlDateTimeKind.LocalDateTime => Text("yyyy-MM-dd'T'HH:mm:ss" + fraction),
            TomlDateTimeKind.OffsetDateTimeByNumber => Text($"yyyy-MM-dd'T'HH:mm:ss{fraction}zzz"),
            _ => DateTime.ToUniversalTime().ToString($"yyyy-MM-dd'T'HH:mm:ss{fraction}'Z'", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Takes a date and time as a local date-time.</summary>
    public static implicit operator TomlDateTime(DateTime dateTime) => new(dateTime);

    private readonly string Text(string format) => DateTime.ToString(format, CultureInfo.InvariantCulture);
}
