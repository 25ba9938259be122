namespace W0rktree.Core.Ignore;

/// <summary>One line of an ignore file, as it is shown to a person.</summary>
/// <param name="Source">The file as the caller named it, or <see cref="BuiltInIgnores.HardSource"/> or <see cref="BuiltInIgnores.DefaultSource"/>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Pattern">The pattern as written, without trailing blanks.</param>
public sealed record IgnoreRule(string Source, int Line, string Pattern)
{
    /// <summary>True for a pattern with a leading <c>!</c>, which keeps what earlier ones ignored.</summary>
    public bool IsNegated => Pattern.StartsWith('!');

    /// <summary>Formats as <c>file:line:pattern</c>, the form of <c>git check-ignore -v</c>.</summary>
    public override string ToString() => $"{Source}:{Line}:{Pattern}";
}
