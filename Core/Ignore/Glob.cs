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
        var tail = _tokens.Length;
        while (tail > 0 && _tokens[tail - 1].Step == GlobStep.Byte)
        {
            tail--;
        }

        Tail = [.. _tokens[tail..].Select(token => token.Value)];
    }

    /// <summary>True when the pattern cannot be read (an open bracket, a lone backslash at the end): it matches nothing.</summary>
    public bool IsMalformed { get; }

    internal ReadOnlySpan<GlobToken> Tokens => _tokens;

    /// <summary>The literal bytes that every text that matches ends with, in lower case where case is ignored.</summary>
    internal byte[] Tail { get; }

    /// <summary>True when it begins with <c>**/</c>, which may take nothing.</summary>
    internal bool BeginsWithGlobstar => _tokens is [{ Step: GlobStep.GlobstarSlash }, ..];

    /// <summary>
    /// The number of steps up to the one that takes the last slash of every text that matches; 0 when none takes any, -1 when
    /// that is not always the same one.
    /// </summary>
    internal int EndOfDirectories
    {
        get
        {
            var last = Array.FindLastIndex(_tokens, token => token is { Step: GlobStep.Byte, Value: (byte)'/' } or { Step: GlobStep.Globstar or GlobStep.GlobstarSlash });
            return last >= 0 && _tokens[last].Step == GlobStep.Globstar ? -1 : last + 1;
        }
    }

    /// <summary>The first steps alone.</summary>
    internal Glob Until(int steps) => new(_tokens[..steps], _sets, _ignoreCase);

    /// <summary>The later steps alone: the literal that they begin with, and what follows, if anything does.</summary>
    internal (byte[] Literal, Glob? Following) Behind(int steps)
    {
        var end = steps;
        while (end < _tokens.Length && _tokens[end].Step == GlobStep.Byte)
        {
            end++;
        }

        byte[] literal = [.. _tokens[steps..end].Select(token => token.Value)];
        return (literal, end == _tokens.Length ? null : new Glob(_tokens[end..], _sets, _ignoreCase));
    }

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
