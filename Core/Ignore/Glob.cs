namespace W0rktree.Core.Ignore;

/// <summary>
/// A compiled glob pattern with the semantics of git's wildmatch: <c>* ? [...] \x</c> and, with
/// <see cref="GlobOptions.PathName"/>, <c>**</c> between slashes. Works on bytes; immutable and thread-safe.
/// </summary>
/// <remarks>
/// Matching never recurses. A failed step goes back to the last star, else to the last globstar, and nothing
/// further: whatever lies between two stars is best matched as early as possible, so older stars need no retry.
/// The work is at most text² × pattern, whatever the pattern: one that came with a clone cannot hang a scan.
/// </remarks>
public sealed class Glob
{
    private readonly GlobToken[] _tokens;
    private readonly ByteSet[] _sets;
    private readonly bool _ignoreCase;

    internal Glob(GlobToken[]? tokens, ByteSet[] sets, bool ignoreCase)
    {
        IsMalformed = tokens is null;
        _tokens = tokens ?? [];
        _sets = sets;
        _ignoreCase = ignoreCase;
    }

    /// <summary>True when the pattern cannot be read (an open bracket, a lone backslash at the end): it matches nothing.</summary>
    public bool IsMalformed { get; }

    internal ReadOnlySpan<GlobToken> Tokens => _tokens;

    /// <summary>Compiles a pattern; a malformed one gives a glob that matches nothing.</summary>
    public static Glob Compile(ReadOnlySpan<byte> pattern, GlobOptions options) => GlobCompiler.Compile(pattern, options);

    /// <summary>Tells whether the whole of <paramref name="text"/> matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (IsMalformed)
        {
            return false;
        }

        unchecked
        {
            int at = 0, step = 0;
            int starStep = -1, starAt = 0;
            int globstarStep = -1, globstarAt = 0;
            var tokens = _tokens.AsSpan();
            while (true)
            {
                if (step == tokens.Length)
                {
                    if (at == text.Length)
                    {
                        return true;
                    }
                }
                else
                {
                    var token = tokens[step];
                    switch (token.Step)
                    {
                        case GlobStep.Star:
                            starStep = ++step;
                            starAt = at;
                            continue;
                        case GlobStep.Globstar or GlobStep.GlobstarSlash:
                            globstarStep = ++step;
                            globstarAt = at;
                            starStep = -1;
                            continue;
                        default:
                            if (at < text.Length && Takes(token, text[at]))
                            {
                                at++;
                                step++;
                                continue;
                            }

                            break;
                    }
                }

                if (starStep >= 0 && starAt < text.Length && text[starAt] != '/')
                {
                    at = ++starAt;
                    step = starStep;
                    continue;
                }

                if (globstarStep < 0 || !TryAdvance(tokens[globstarStep - 1].Step, text, ref globstarAt))
                {
                    return false;
                }

                at = globstarAt;
                step = globstarStep;
                starStep = -1;
            }
        }
    }

    private static bool TryAdvance(GlobStep globstar, ReadOnlySpan<byte> text, ref int at)
    {
        if (globstar == GlobStep.Globstar)
        {
            return at++ < text.Length;
        }

        var slash = text[at..].IndexOf((byte)'/');
        at += slash + 1;
        return slash >= 0;
    }

    private bool Takes(GlobToken token, byte value)
    {
        if (_ignoreCase && value is >= (byte)'A' and <= (byte)'Z')
        {
            value |= 0x20;
        }

        return token.Step == GlobStep.Byte ? token.Value == value : _sets[token.Set].Contains(value);
    }
}
