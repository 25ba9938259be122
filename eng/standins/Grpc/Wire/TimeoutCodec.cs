using System.Globalization;

namespace Grpc.Wire;

/// <summary>The value of grpc-timeout: one to eight digits and a unit (H, M, S, m, u, n).</summary>
internal static class TimeoutCodec
{
    private const long MaxDigits = 99_999_999;

    private static readonly (long Nanoseconds, char Unit)[] Units =
        [(1, 'n'), (1_000, 'u'), (1_000_000, 'm'), (1_000_000_000, 'S'), (60_000_000_000, 'M'), (3_600_000_000_000, 'H')];

    /// <summary>Writes a timeout in the finest unit that fits eight digits, rounded up; what has passed already becomes 1n.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        // A TimeSpan of all ticks exceeds a long in nanoseconds by a hundredfold.
        var nanoseconds = (Int128)timeout.Ticks * 100;
        foreach (var (unit, letter) in Units)
        {
            var count = (nanoseconds + unit - 1) / unit;
            if (count <= MaxDigits)
            {
                return ((long)count).ToString(CultureInfo.InvariantCulture) + letter;
            }
        }

        return "99999999H";
    }

    /// <summary>Reads a timeout; false where the value is not of the specification's form.</summary>
    public static bool TryParse(string value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > 9 || !long.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        foreach (var (unit, letter) in Units)
        {
            if (value[^1] == letter)
            {
                var ticks = (Int128)count * unit / 100;
                timeout = ticks > TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : new TimeSpan((long)ticks);
                return true;
            }
        }

        return false;
    }
}
