namespace W0rktree.Core.Ignore;

/// <summary>Turns the bytes of a pattern into the steps of a <see cref="Glob"/>.</summary>
internal static class GlobCompiler
{
    public static Glob Compile(ReadOnlySpan<byte> pattern, GlobOptions options)
    {
        var tokens = new List<GlobToken>(pattern.Length);
        var sets = new List<ByteSet>();
        var ignoreCase = options.HasFlag(GlobOptions.IgnoreCase);
        var at = 0;
        while (at < pattern.Length)
        {
            switch (pattern[at])
            {
                case (byte)'*':
                    tokens.Add(ReadStars(pattern, ref at, options));
                    break;
                case (byte)'?':
                    sets.Add(AnyByte(options));
                    tokens.Add(new(GlobStep.Set, Set: sets.Count - 1));
                    at++;
                    break;
                case (byte)'[':
                    if (!GlobBracket.TryRead(pattern, ref at, options, out var set))
                    {
                        return new(null, [], ignoreCase);
                    }

                    sets.Add(set);
                    tokens.Add(new(GlobStep.Set, Set: sets.Count - 1));
                    break;
                case (byte)'\\':
                    if (at + 1 == pattern.Length)
                    {
                        return new(null, [], ignoreCase);
                    }

                    tokens.Add(Literal(pattern[at + 1], ignoreCase));
                    at += 2;
                    break;
                default:
                    tokens.Add(Literal(pattern[at], ignoreCase));
                    at++;
                    break;
            }
        }

        return new([.. tokens], [.. sets], ignoreCase);
    }

    private static GlobToken ReadStars(ReadOnlySpan<byte> pattern, ref int at, GlobOptions options)
    {
        var start = at;
        while (at < pattern.Length && pattern[at] == '*')
        {
            at++;
        }

        if (!options.HasFlag(GlobOptions.PathName))
        {
            return new(GlobStep.Globstar);
        }

        // Two stars or more cross slashes only where they stand alone between slashes or the pattern's ends.
        var rest = pattern[at..];
        if (at - start == 1 || (start > 0 && pattern[start - 1] != '/'))
        {
            return new(GlobStep.Star);
        }

        if (rest.StartsWith("/"u8))
        {
            at++;
            return new(GlobStep.GlobstarSlash);
        }

        return new(rest.IsEmpty || rest.StartsWith("\\/"u8) ? GlobStep.Globstar : GlobStep.Star);
    }

    private static GlobToken Literal(byte value, bool ignoreCase) =>
        new(GlobStep.Byte, ignoreCase && value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value);

    private static ByteSet AnyByte(GlobOptions options)
    {
        var slash = default(ByteSet);
        if (options.HasFlag(GlobOptions.PathName))
        {
            slash.Add((byte)'/');
        }

        return slash.Complement();
    }
}
