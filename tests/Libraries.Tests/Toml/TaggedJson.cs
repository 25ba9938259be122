using System.Globalization;
using System.Text.Json;
using Tomlyn;
using Tomlyn.Model;

namespace W0rktree.Libraries.Tests.Toml;

/// <summary>The tagged JSON of toml-test, in which each value is {"type": ..., "value": ...}: what a document must be read as.</summary>
internal static class TaggedJson
{
    /// <summary>Returns where the table differs from the JSON, or null if it is the same.</summary>
    public static string? Difference(JsonElement expected, object? actual, string path = "") => (expected.ValueKind, actual) switch
    {
        (JsonValueKind.Array, TomlArray array) => Items(expected, [.. array], path),
        (JsonValueKind.Array, TomlTableArray tables) => Items(expected, [.. tables], path),
        (JsonValueKind.Object, TomlTable table) when !IsScalar(expected) => Keys(expected, table, path),
        (JsonValueKind.Object, not TomlObject) when IsScalar(expected) => Scalar(expected, actual, path),
        _ => $"{path}: {expected} is no {actual?.GetType().Name ?? "null"}",
    };

    private static bool IsScalar(JsonElement element) =>
        element.EnumerateObject().Count() == 2
        && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && element.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String;

    private static string? Items(JsonElement expected, object?[] actual, string path) =>
        expected.GetArrayLength() != actual.Length
            ? $"{path}: {actual.Length} items, not {expected.GetArrayLength()}"
            : expected.EnumerateArray().Select((each, i) => Difference(each, actual[i], $"{path}[{i}]")).FirstOrDefault(each => each is not null);

    private static string? Keys(JsonElement expected, TomlTable actual, string path)
    {
        var keys = expected.EnumerateObject().Select(each => each.Name).ToHashSet();
        return keys.SetEquals(actual.Keys)
            ? expected.EnumerateObject()
                .Select(each => Difference(each.Value, actual[each.Name], $"{path}.{each.Name}"))
                .FirstOrDefault(each => each is not null)
            : $"{path}: keys {string.Join(", ", actual.Keys)}, not {string.Join(", ", keys)}";
    }

    private static string? Scalar(JsonElement expected, object? actual, string path)
    {
        var type = expected.GetProperty("type").GetString();
        var value = expected.GetProperty("value").GetString()!;
        var same = (type, actual) switch
        {
            ("string", string text) => text == value,
            ("bool", bool flag) => flag == bool.Parse(value),
            ("integer", long number) => number == long.Parse(value, CultureInfo.InvariantCulture),
            ("float", double number) => number.Equals(Float(value)),
            ("datetime", TomlDateTime { Kind: TomlDateTimeKind.OffsetDateTimeByZ or TomlDateTimeKind.OffsetDateTimeByNumber } time) =>
                WithoutTrailingZeros(time.ToString()) == WithoutTrailingZeros(value),
            ("datetime-local", TomlDateTime { Kind: TomlDateTimeKind.LocalDateTime } time) =>
                WithoutTrailingZeros(time.ToString()) == WithoutTrailingZeros(value),
            ("date-local", TomlDateTime { Kind: TomlDateTimeKind.LocalDate } time) => time.ToString() == value,
            ("time-local", TomlDateTime { Kind: TomlDateTimeKind.LocalTime } time) =>
                WithoutTrailingZeros(time.ToString()) == WithoutTrailingZeros(value),
            _ => false,
        };
        return same ? null : $"{path}: {type} {value} was read as {actual?.GetType().Name} {actual}";
    }

    private static double Float(string value) => value switch
    {
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" or "+nan" or "-nan" => double.NaN,
        _ => double.Parse(value, CultureInfo.InvariantCulture),
    };

    /// <summary>The suite writes milliseconds where the document wrote tenths.</summary>
    private static string WithoutTrailingZeros(string time)
    {
        var point = time.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
        {
            return time;
        }

        var end = point + 1;
        while (end < time.Length && char.IsAsciiDigit(time[end]))
        {
            end++;
        }

        return time[..end].TrimEnd('0').TrimEnd('.') + time[end..];
    }
}
