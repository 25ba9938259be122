namespace W0rktree.Core.Ignore;

/// <summary>Cuts an ignore file into patterns: line ends, comments, blanks and the byte order mark.</summary>
internal ref struct IgnoreLines
{
    private ReadOnlySpan<byte> _rest;

    public IgnoreLines(ReadOnlySpan<byte> content)
    {
        _rest = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        Current = default;
        Number = 0;
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public int Number { get; private set; }

    /// <summary>Moves to the next line that is neither empty nor a comment.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'\n');
            var line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            Number++;
            Current = Trim(line);
            if (!Current.IsEmpty && Current[0] != '#')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Removes one carriage return and unescaped spaces at the end. Tabs stay, as in git. A NUL ends the line, since no
    /// path holds one.
    /// </summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        if (line.IndexOf((byte)0) is >= 0 and var nul)
        {
            line = line[..nul];
        }

        var end = 0;
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '\\')
            {
                // What a backslash escapes is part of the pattern, a space included.
                at++;
                end = Math.Min(at + 1, line.Length);
            }
            else if (line[at] != ' ')
            {
                end = at + 1;
            }
        }

        return line[..end];
    }
}
