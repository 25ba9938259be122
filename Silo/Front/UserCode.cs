using System.Security.Cryptography;

namespace W0rktree.Silo.Front;

/// <summary>The code that a person carries from a terminal to a browser: eight consonants, so that no word comes of it and nothing looks like something else.</summary>
internal static class UserCode
{
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;

    /// <summary>Draws a code, one of 25,600 millions.</summary>
    public static string Draw() => RandomNumberGenerator.GetString(Letters, Length);

    /// <summary>Reads what was typed, with or without hyphen, in any case; ends the call for anything else.</summary>
    public static string Parse(string text)
    {
        var code = text.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
        return code.Length == Length && code.All(Letters.Contains) ? code : throw Replies.Invalid("That is not a code: it has eight letters.");
    }

    /// <summary>Writes a code for people.</summary>
    public static string Show(string code) => $"{code[..4]}-{code[4..]}";
}
