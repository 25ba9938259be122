namespace W0rktree.Core.TextMerge;

/// <summary>
/// Merges texts whose line ends are a matter of taste: all are brought to LF, and the result gets the line ends of the side that
/// changed them.
/// </summary>
internal static class LineEndStyle
{
    /// <summary>Tells whether a text has any line that ends in CRLF.</summary>
    public static bool HasCrLf(ReadOnlySpan<byte> text) => text.IndexOf("\r\n"u8) >= 0;

    /// <summary>Gives the text with every line ended by LF.</summary>
    public static ReadOnlyMemory<byte> ToLf(ReadOnlyMemory<byte> text)
    {
        if (!HasCrLf(text.Span))
        {
            return text;
        }

        var output = new byte[text.Length];
        var length = 0;
        var rest = text.Span;
        while (rest.IndexOf("\r\n"u8) is >= 0 and var at)
        {
            rest[..at].CopyTo(output.AsSpan(length));
            length += at;
            output[length++] = (byte)'\n';
            rest = rest[(at + 2)..];
        }

        rest.CopyTo(output.AsSpan(length));
        return output.AsMemory(0, length + rest.Length);
    }

    /// <summary>Gives the text with every line ended by CRLF.</summary>
    public static ReadOnlyMemory<byte> ToCrLf(ReadOnlyMemory<byte> text)
    {
        var lines = ToLf(text);
        var output = new byte[lines.Length + lines.Span.Count((byte)'\n')];
        var length = 0;
        foreach (var value in lines.Span)
        {
            if (value == (byte)'\n')
            {
                output[length++] = (byte)'\r';
            }

            output[length++] = value;
        }

        return output;
    }

    /// <summary>Tells whether a merged text is to have CRLF: our way, unless only they changed it.</summary>
    public static bool WantsCrLf(ReadOnlySpan<byte> before, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        var (b, o, t) = (IsMostlyCrLf(before), IsMostlyCrLf(ours), IsMostlyCrLf(theirs));
        return o == b ? t : o;
    }

    private static bool IsMostlyCrLf(ReadOnlySpan<byte> text)
    {
        var feeds = text.Count((byte)'\n');
        return feeds > 0 && text.Count("\r\n"u8) * 2 > feeds;
    }
}
