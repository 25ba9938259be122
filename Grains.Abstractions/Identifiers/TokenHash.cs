using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace W0rktree.Grains.Abstractions.Identifiers;

/// <summary>Identifies an access token by the SHA-256 of its text; the text itself is never stored.</summary>
/// <remarks>64 lower-case hexadecimal digits. A plain hash is enough: a token has 256 random bits, so there is nothing to guess.</remarks>
public readonly record struct TokenHash
{
    private readonly string? _hex;

    private TokenHash(string hex) => _hex = hex;

    /// <summary>Gets the public id of the token, the first 32 digits: enough to name it, useless to sign in with.</summary>
    public string PublicId => ToString()[..32];

    /// <summary>Hashes the text of a token.</summary>
    public static TokenHash Of(string token) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TokenHash hash)
    {
        var valid = ContentHash.TryParse(text, out _);
        hash = valid ? new TokenHash(text!) : default;
        return valid;
    }

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static TokenHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("A token hash is 64 lower-case hexadecimal digits.");

    /// <summary>Formats 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => _hex ?? new string('0', 64);
}
