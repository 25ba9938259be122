namespace W0rktree.Core.TextDiff;

/// <summary>Which white space makes two lines different. The options of git of the same meaning stand beside each.</summary>
public enum SpaceRule
{
    /// <summary>All of it.</summary>
    Exact,

    /// <summary>None at the end of a line (<c>--ignore-space-at-eol</c>).</summary>
    IgnoreAtEnd,

    /// <summary>Only whether there is some, and none at the end (<c>-b</c>).</summary>
    IgnoreAmount,

    /// <summary>None at all (<c>-w</c>).</summary>
    IgnoreAll,

    /// <summary>All but a carriage return before the end of a line (<c>--ignore-cr-at-eol</c>).</summary>
    IgnoreCarriageReturnAtEnd,
}

/// <summary>Gives lines the form in which a rule compares them.</summary>
internal static class SpaceRules
{
    public static bool IsSpace(byte value) => value is (byte)' ' or (>= 0x09 and <= 0x0d);

    /// <summary>True for a line without anything visible.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line)
    {
        foreach (var value in line)
        {
            if (!IsSpace(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives the text with each line in that form, and every line ended: the rules do not look at whether the last one is.</summary>
    public static TextLines Normalise(TextLines text, SpaceRule rule)
    {
        if (rule == SpaceRule.Exact)
        {
            return text;
        }

        var bytes = new byte[text.Content.Length + text.Count];
        var length = 0;
        for (var line = 0; line < text.Count; line++)
        {
            length += Normalise(text[line], rule, bytes.AsSpan(length));
            bytes[length++] = (byte)'\n';
        }

        return TextLines.Split(bytes.AsMemory(0, length));
    }

    private static int Normalise(ReadOnlySpan<byte> line, SpaceRule rule, Span<byte> to)
    {
        if (rule == SpaceRule.IgnoreCarriageReturnAtEnd)
        {
            var kept = line is [.., (byte)'\r', (byte)'\n'] ? line[..^2] : line is [.., (byte)'\n'] ? line[..^1] : line;
            kept.CopyTo(to);
            return kept.Length;
        }

        while (line is [.., var last] && IsSpace(last))
        {
            line = line[..^1];
        }

        if (rule == SpaceRule.IgnoreAtEnd)
        {
            line.CopyTo(to);
            return line.Length;
        }

        var length = 0;
        for (var at = 0; at < line.Length; at++)
        {
            if (!IsSpace(line[at]))
            {
                to[length++] = line[at];
            }
            else if (rule == SpaceRule.IgnoreAmount && (at == 0 || !IsSpace(line[at - 1])))
            {
                to[length++] = (byte)' ';
            }
        }

        return length;
    }
}
