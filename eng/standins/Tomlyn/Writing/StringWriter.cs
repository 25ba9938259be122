using System.Text;

namespace Tomlyn.Writing;

/// <summary>Writes strings and keys, always in one line.</summary>
internal static class StringWriter
{
    public static string Key(string key) =>
        key.Length > 0 && key.All(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_') ? key : Quote(key);

    /// <exception cref="TomlException">The text has half a surrogate pair, which no TOML string can hold.</exception>
    public static string Quote(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.AsSpan().EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                < ' ' or 0x7f => result.Append($"\\u{rune.Value:X4}"),
                _ => result.Append(rune.ToString()),
            };
        }

        // Halves of surrogate pairs enumerate as U+FFFD.
        if (result.ToString().Count(each => each == '\uFFFD') != text.Count(each => each == '\uFFFD'))
        {
            throw new TomlException("A string has half a surrogate pair, which TOML cannot hold.");
        }

        return result.Append('"').ToString();
    }
}
