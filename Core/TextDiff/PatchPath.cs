using System.Buffers;
using System.Text;

namespace W0rktree.Core.TextDiff;

/// <summary>Writes paths as git does: in quotes with C escapes when they hold anything but printable ASCII.</summary>
public static class PatchPath
{
    /// <summary>Gives the path as it stands in a patch or a list of names.</summary>
    /// <param name="path">The bytes of the path.</param>
    /// <param name="prefix">What goes before it, inside the quotes: <c>a/</c>, <c>b/</c> or nothing.</param>
    public static string Format(ReadOnlySpan<byte> path, string prefix = "")
    {
        if (!NeedsQuotes(path))
        {
            return prefix + Encoding.ASCII.GetString(path);
        }

        var quoted = new StringBuilder("\"").Append(prefix);
        foreach (var value in path)
        {
            _ = value switch
            {
                (byte)'\a' => quoted.Append("\\a"),
                (byte)'\b' => quoted.Append("\\b"),
                (byte)'\t' => quoted.Append("\\t"),
                (byte)'\n' => quoted.Append("\\n"),
                (byte)'\v' => quoted.Append("\\v"),
                (byte)'\f' => quoted.Append("\\f"),
                (byte)'\r' => quoted.Append("\\r"),
                (byte)'"' => quoted.Append("\\\""),
                (byte)'\\' => quoted.Append("\\\\"),
                < 0x20 or >= 0x7f => quoted.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0')),
                _ => quoted.Append((char)value),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static bool NeedsQuotes(ReadOnlySpan<byte> path)
    {
        foreach (var value in path)
        {
            if (value is < 0x20 or >= 0x7f or (byte)'"' or (byte)'\\')
            {
                return true;
            }
        }

        return false;
    }
}
