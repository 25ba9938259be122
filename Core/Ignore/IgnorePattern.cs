namespace W0rktree.Core.Ignore;

/// <summary>One pattern taken apart: what it applies to, its literal beginning and the glob that follows.</summary>
/// <remarks>
/// As in git, a pattern without an inner slash is matched against the last name of a path, any other against the path
/// from the file's directory. The literal beginning is compared by itself and the glob starts behind it; so in
/// <c>a**/b</c> the stars stand at the beginning of the glob and cross slashes, which is what git does too.
/// </remarks>
internal sealed class IgnorePattern
{
    private IgnorePattern(bool onName, bool directoryOnly, byte[] literal, byte[]? suffix, Glob? glob)
    {
        OnName = onName;
        DirectoryOnly = directoryOnly;
        Literal = literal;
        Suffix = suffix;
        Glob = glob;
    }

    /// <summary>True when the last name alone is matched.</summary>
    public bool OnName { get; }

    /// <summary>True when only directories match.</summary>
    public bool DirectoryOnly { get; }

    /// <summary>The bytes that the text begins with; all of it where <see cref="Glob"/> and <see cref="Suffix"/> are null.</summary>
    public byte[] Literal { get; }

    /// <summary>What a name ends with, for <c>*.ext</c>; the literal is empty then.</summary>
    public byte[]? Suffix { get; }

    /// <summary>What matches behind the literal.</summary>
    public Glob? Glob { get; }

    public static IgnorePattern Parse(ReadOnlySpan<byte> line, bool ignoreCase)
    {
        var text = line.StartsWith("!"u8) ? line[1..] : line;
        var directoryOnly = text.EndsWith("/"u8);
        text = directoryOnly ? text[..^1] : text;
        var onName = !text.Contains((byte)'/');
        if (!onName && text[0] == '/')
        {
            text = text[1..];
        }

        if (!onName && text.StartsWith("**/"u8) && !text[3..].Contains((byte)'/'))
        {
            // Any depth and one name: the same as the name alone, and much cheaper to look up.
            text = text[3..];
            onName = true;
        }

        var folded = ignoreCase ? Fold(text) : text;
        var caseOption = ignoreCase ? GlobOptions.IgnoreCase : GlobOptions.None;
        var special = folded.IndexOfAny("*?[\\"u8);
        if (special < 0)
        {
            return new(onName, directoryOnly, folded.ToArray(), null, null);
        }

        if (onName && special == 0 && folded[0] == '*' && folded[1..].IndexOfAny("*?[\\"u8) < 0)
        {
            return new(onName, directoryOnly, [], folded[1..].ToArray(), null);
        }

        var glob = Glob.Compile(text[special..], caseOption | GlobOptions.PathName);
        var literal = new List<byte>(folded[..special].ToArray());
        var step = 0;
        while (onName && step < glob.Tokens.Length && glob.Tokens[step].Step == GlobStep.Byte)
        {
            // Escaped literals at the front of a name, such as the hash of '\#x', join the literal part.
            literal.Add(glob.Tokens[step++].Value);
        }

        var isLiteral = !glob.IsMalformed && step > 0 && step == glob.Tokens.Length;
        return new(onName, directoryOnly, isLiteral ? [.. literal] : folded[..special].ToArray(), null, isLiteral ? null : glob);
    }

    /// <summary>Lower-cases ASCII letters, which is all that ignoring case means here.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> text)
    {
        var folded = text.ToArray();
        foreach (ref var value in folded.AsSpan())
        {
            if (value is >= (byte)'A' and <= (byte)'Z')
            {
                value |= 0x20;
            }
        }

        return folded;
    }
}
