using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using W0rktree.Core;

namespace W0rktree.Silo.Pages.SingleSignOn;

/// <summary>What a provider says of somebody, checked.</summary>
/// <param name="Issuer">Who says so.</param>
/// <param name="Subject">Who they are to the issuer: never given to anybody else.</param>
/// <param name="Name">What they are called, for a user name.</param>
/// <param name="Email">Their address; empty where the issuer has not verified it.</param>
/// <param name="DisplayName">Their name.</param>
internal sealed record IdToken(string Issuer, string Subject, string Name, string Email, string DisplayName)
{
    // Clocks of two machines, and no more.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
    private const int MaxLength = 16_384;

    /// <summary>Names the key that a token is signed with, before anything of it is believed; null for what is no signed token.</summary>
    public static TokenHeader? ReadHeader(string token)
    {
        var parts = token.Split('.');
        return token.Length <= MaxLength && parts.Length == 3 && TryDecode(parts[0]) is { } header && Text(header, "alg") is { } algorithm
            ? new TokenHeader(algorithm, Text(header, "kid"))
            : null;
    }

    /// <summary>Checks a token: signature first, then for whom, from whom, when and for which question.</summary>
    public static Result<IdToken> Check(string token, ProviderKey key, Expected expected, DateTimeOffset now)
    {
        var parts = token.Split('.');
        if (ReadHeader(token) is not { } header || header.Algorithm != key.Algorithm || !TryDecodeBytes(parts[2], out var signature)
            || !key.Verifies(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature))
        {
            return Wrong("its signature does not hold");
        }

        if (TryDecode(parts[1]) is not { } claims)
        {
            return Wrong("it cannot be read");
        }

        if (Text(claims, "iss") != expected.Issuer)
        {
            return Wrong("it is another issuer's");
        }

        var audiences = claims.TryGetProperty("aud", out var aud)
            ? aud.ValueKind == JsonValueKind.Array ? aud.EnumerateArray().Select(a => a.ValueKind == JsonValueKind.String ? a.GetString() : null).ToArray() : [Text(claims, "aud")]
            : [];
        if (!audiences.Contains(expected.ClientId) || (audiences.Length > 1 && Text(claims, "azp") != expected.ClientId))
        {
            return Wrong("it is for somebody else");
        }

        if (Time(claims, "exp") is not { } ends || ends + Skew <= now || Time(claims, "iat") is not { } begins || begins - Skew > now)
        {
            return Wrong("it is too old, or not valid yet");
        }

        if (Text(claims, "nonce") is not { } nonce || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(nonce), Encoding.UTF8.GetBytes(expected.Nonce)))
        {
            return Wrong("it answers another question");
        }

        if (Text(claims, "sub") is not { Length: > 0 and <= 255 } subject)
        {
            return Wrong("it names nobody");
        }

        var email = claims.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True ? Text(claims, "email") ?? "" : "";
        var name = Text(claims, "preferred_username") ?? (email.Length > 0 ? email : subject);
        return new IdToken(expected.Issuer, subject, name, Shown(email, 254), Shown(Text(claims, "name") ?? "", 100));
    }

    private static Error Wrong(string why) => new("denied", $"The identity provider's token is not accepted: {why}.", "Begin again: wt login");

    private static string Shown(string text, int limit) => text.Length <= limit && !text.Any(char.IsControl) ? text : "";

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    private static string? Text(JsonElement claims, string name) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? TryDecode(string part)
    {
        try
        {
            return TryDecodeBytes(part, out var bytes) ? JsonSerializer.Deserialize<JsonElement>(bytes) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryDecodeBytes(string part, out byte[] bytes)
    {
        var isValid = Base64Url.IsValid(part);
        bytes = isValid ? Base64Url.DecodeFromChars(part) : [];
        return isValid;
    }
}

/// <summary>Names the key of a token.</summary>
/// <param name="Algorithm">How it is signed.</param>
/// <param name="KeyId">By which key; null where the provider has one alone.</param>
internal sealed record TokenHeader(string Algorithm, string? KeyId);

/// <summary>What a token must say.</summary>
/// <param name="Issuer">From whom.</param>
/// <param name="ClientId">For whom.</param>
/// <param name="Nonce">To which question.</param>
internal sealed record Expected(string Issuer, string ClientId, string Nonce);

/// <summary>A public key of a provider.</summary>
/// <param name="Id">Its id; null where the provider gives it none.</param>
/// <param name="Algorithm"><c>RS256</c> or <c>ES256</c>.</param>
/// <param name="Verifies">Tells whether a signature of some bytes is by the key.</param>
internal sealed record ProviderKey(string? Id, string Algorithm, Func<byte[], byte[], bool> Verifies)
{
    // Anything less can be factored by who really wants to.
    private const int MinRsaBits = 2_048;

    /// <summary>Reads the keys that tokens can be signed with out of a key set; others are left out.</summary>
    public static IReadOnlyList<ProviderKey> ReadSet(JsonElement set)
    {
        var keys = new List<ProviderKey>();
        foreach (var key in set.GetProperty("keys").EnumerateArray())
        {
            string? Text(string name) => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            byte[] Bytes(string name) => Base64Url.DecodeFromChars(Text(name) ?? throw new FormatException($"A key has no '{name}'."));
            switch (Text("kty"))
            {
                case not null when Text("use") is not (null or "sig"):
                    break;
                case "RSA" when Text("alg") is null or "RS256":
                    var rsa = RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") });
                    if (rsa.KeySize >= MinRsaBits)
                    {
                        keys.Add(new ProviderKey(Text("kid"), "RS256", (data, signature) => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
                    }

                    break;
                case "EC" when Text("crv") == "P-256":
                    var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") } });
                    keys.Add(new ProviderKey(Text("kid"), "ES256", (data, signature) => ec.VerifyData(data, signature, HashAlgorithmName.SHA256)));
                    break;
            }
        }

        return keys;
    }
}
