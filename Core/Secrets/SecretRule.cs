using System.Text.RegularExpressions;

namespace W0rktree.Core.Secrets;

/// <summary>Decides whether what a pattern matched is a secret: the text, and where the match begins and ends.</summary>
internal delegate bool SecretCheck(ReadOnlySpan<char> text, Range match);

/// <summary>One kind of secret.</summary>
/// <param name="Id">Its stable name.</param>
/// <param name="About">What it is, for people.</param>
/// <param name="Keywords">Texts one of which every secret of this kind has; what is searched for.</param>
/// <param name="Pattern">What has to stand there, from the keyword's first character (or from where <see cref="Back"/> leads) on.</param>
internal sealed record SecretRule(string Id, string About, string[] Keywords, string Pattern)
{
    private Regex? _regex;

    /// <summary>Gets the characters that belong to the secret before its keyword; null where it begins with the keyword.</summary>
    public string? Back { get; init; }

    /// <summary>Gets whether a letter, digit or underscore may stand right before it.</summary>
    public bool InsideWords { get; init; }

    /// <summary>Gets whether case does not count.</summary>
    public bool AnyCase { get; init; }

    /// <summary>Gets what else must hold.</summary>
    public SecretCheck Check { get; init; } = SecretChecks.IsVaried;

    /// <summary>
    /// Gets the pattern, made at its first use and interpreted, since it runs only where a keyword stands. The scanner gives it a
    /// bounded piece of the file, so that a hostile one cannot make it backtrack for long.
    /// </summary>
#pragma warning disable MA0009 // A timeout would make the result depend on the machine; the piece that is looked at is bounded instead.
    public Regex Regex => _regex ??= new Regex(
        $@"\A(?:{Pattern})", RegexOptions.CultureInvariant | (AnyCase ? RegexOptions.IgnoreCase : RegexOptions.None));
#pragma warning restore MA0009
}
