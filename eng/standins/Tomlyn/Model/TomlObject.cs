namespace Tomlyn.Model;

/// <summary>Names the kinds of TOML values.</summary>
public enum ObjectKind
{
    /// <summary>A table written in braces.</summary>
    InlineTable,

    /// <summary>A table of a header, a dotted key, or the document.</summary>
    Table,

    /// <summary>An array whose tables have headers in double brackets.</summary>
    TableArray,

    /// <summary>An array in brackets.</summary>
    Array,

    /// <summary>A boolean.</summary>
    Boolean,

    /// <summary>A string.</summary>
    String,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A floating-point number.</summary>
    Float,

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

/// <summary>The base of tables and arrays.</summary>
public abstract class TomlObject
{
    internal TomlObject(ObjectKind kind) => Kind = kind;

    /// <summary>The kind of the object.</summary>
    public ObjectKind Kind { get; }
}
