using System.Globalization;
using Tomlyn.Model;
using W0rktree.Core;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Configuration;

/// <summary>
/// Sets and removes one key in a TOML text and leaves the rest as it stands, comments and order included. Each way to write the
/// key is tried and the result read again: it counts only where that key alone differs.
/// </summary>
internal static class TomlEdit
{
    /// <summary>Gives the text with a key set.</summary>
    public static Result<string> Set(string source, string text, string key, object value)
    {
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        foreach (var candidate in Candidates(text, key, Format(value), newLine))
        {
            if (IsOnly(source, text, candidate, key, value))
            {
                return candidate;
            }
        }

        return ConfigLayer.Parse(source, true, text).Broken is { } broken
            ? new Error(ErrorCodes.BrokenConfiguration, broken.ToString(), "Mend the file, then run the command again.")
            : new Error("not_editable", $"'{key}' cannot be set in {source} without rewriting it.", $"Edit the file: {key} = {Format(value)}");
    }

    /// <summary>Gives the text without a key; the same text where it does not stand in it.</summary>
    public static Result<string> Remove(string source, string text, string key)
    {
        if (TomlStatements.Read(text).LastOrDefault(statement => statement.Key == key) is not { } found)
        {
            return text;
        }

        var without = text.Remove(found.Start, found.End - found.Start);
        return IsOnly(source, text, without, key, null)
            ? without
            : new Error("not_editable", $"'{key}' cannot be taken out of {source} without rewriting it.", "Edit the file.");
    }

    /// <summary>Writes a value as TOML.</summary>
    public static string Format(object value) => value switch
    {
        string text => Quote(text),
        bool flag => flag ? "true" : "false",
        IEnumerable<string> list => $"[{string.Join(", ", list.Select(Quote))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<string> Candidates(string text, string key, string value, string newLine)
    {
        var statements = TomlStatements.Read(text);
        if (statements.LastOrDefault(statement => statement.Key == key) is { } present)
        {
            yield return string.Concat(text.AsSpan(0, present.ValueStart), value, text.AsSpan(present.ValueEnd));
        }

        // In the table itself; else as a new table; else in a table above it, by a key with dots.
        var dot = key.LastIndexOf('.');
        if (dot < 0)
        {
            var first = statements.Count > 0 && statements.FirstOrDefault(statement => statement.Key is null) is { } header ? header.Start : text.Length;
            yield return Insert(text, first, $"{key} = {value}", newLine);
            yield break;
        }

        if (EndOf(statements, key[..dot]) is { } end)
        {
            yield return Insert(text, end, $"{key[(dot + 1)..]} = {value}", newLine);
        }

        var gap = text.Length == 0 ? "" : text.EndsWith('\n') ? newLine : newLine + newLine;
        yield return $"{text}{gap}[{key[..dot]}]{newLine}{key[(dot + 1)..]} = {value}{newLine}";
        for (var above = key.LastIndexOf('.', dot - 1); above > 0; above = key.LastIndexOf('.', above - 1))
        {
            if (EndOf(statements, key[..above]) is { } place)
            {
                yield return Insert(text, place, $"{key[(above + 1)..]} = {value}", newLine);
            }
        }

        yield return Insert(text, statements.FirstOrDefault(statement => statement.Key is null)?.Start ?? text.Length, $"{key} = {value}", newLine);
    }

    /// <summary>Behind the last pair of a table, so that what follows it as a comment stays with the next one.</summary>
    private static int? EndOf(IReadOnlyList<TomlStatement> statements, string table) => statements.LastOrDefault(statement => statement.Table == table)?.End;

    private static string Insert(string text, int at, string line, string newLine)
    {
        var before = at > 0 && text[at - 1] != '\n' ? newLine : "";
        return text.Insert(at, $"{before}{line}{newLine}");
    }

    private static bool IsOnly(string source, string before, string after, string key, object? value)
    {
        var (was, now) = (ConfigLayer.Parse(source, true, before), ConfigLayer.Parse(source, true, after));
        if (was.Broken is not null || now.Broken is not null)
        {
            return false;
        }

        var (old, fresh) = (Values(was), Values(now));
        old.Remove(key);
        return (value is null ? !fresh.Remove(key) : fresh.Remove(key, out var set) && set == Format(value)) && old.Count == fresh.Count
            && old.All(pair => fresh.TryGetValue(pair.Key, out var same) && same == pair.Value);
    }

    private static Dictionary<string, string> Values(ConfigLayer layer) =>
        layer.Values.ToDictionary(value => value.Name, value => Show(value.Value), StringComparer.Ordinal);

    private static string Show(object? value) => value switch
    {
        TomlArray list when list.All(item => item is string) => Format(list.Cast<string>()),
        TomlArray or TomlTableArray => string.Join(';', ((IEnumerable<object?>)value).Select(Show)),
        TomlTable table => string.Join(';', table.Select(pair => $"{pair.Key}={Show(pair.Value)}")),
        null => "",
        _ => Format(value),
    };

    private static string Quote(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
