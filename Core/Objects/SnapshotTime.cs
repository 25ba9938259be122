namespace W0rktree.Core.Objects;

/// <summary>A moment with the offset from UTC that its author's clock showed.</summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z; negative before it.</param>
/// <param name="ZoneMinutes">Minutes east of UTC, −1,440 to 1,440: git histories hold offsets beyond any real zone.</param>
public readonly record struct SnapshotTime(long UnixMilliseconds, int ZoneMinutes)
{
    /// <summary>The furthest offset in minutes.</summary>
    public const int MaxZoneMinutes = 1440;

    /// <summary>Takes a moment, cut to milliseconds.</summary>
    public static SnapshotTime From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds(), (int)time.Offset.TotalMinutes);

    /// <summary>Gives the moment in UTC, held to the range that .NET can express.</summary>
    public DateTimeOffset ToUtc() =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(UnixMilliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>Formats as ISO 8601 in the author's zone where it can be expressed, else in UTC.</summary>
    public override string ToString()
    {
        var utc = ToUtc();
        var local = Math.Abs(ZoneMinutes) <= 14 * 60 && utc.Year is > 1 and < 9999 ? utc.ToOffset(TimeSpan.FromMinutes(ZoneMinutes)) : utc;
        return local.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", System.Globalization.CultureInfo.InvariantCulture);
    }
}
