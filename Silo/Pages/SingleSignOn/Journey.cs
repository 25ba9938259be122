using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace W0rktree.Silo.Pages.SingleSignOn;

/// <summary>What a browser carries through a single sign-on, in a cookie of its own: the server keeps nothing, so any silo can go on.</summary>
/// <param name="Tenant">Whose provider.</param>
/// <param name="Code">The code that is being confirmed.</param>
/// <param name="State">Comes back with the provider's answer: only the browser that began can end.</param>
/// <param name="Nonce">Comes back inside of the provider's token: an old token answers no new question.</param>
/// <param name="Verifier">Of PKCE: who catches the provider's code on its way cannot use it.</param>
internal sealed record Journey(string Tenant, string Code, string State, string Nonce, string Verifier)
{
    private const int MaxCookieLength = 2_048;

    /// <summary>Gets the challenge that the verifier answers.</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>Begins one.</summary>
    public static Journey Begin(string tenant, string code) => new(tenant, code, Draw(), Draw(), Draw());

    /// <summary>Writes it for a cookie.</summary>
    public string Write() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Reads a cookie; null for anything else.</summary>
    public static Journey? Read(string? cookie)
    {
        try
        {
            return cookie is { Length: > 0 and <= MaxCookieLength }
                && JsonSerializer.Deserialize<Journey>(Base64Url.DecodeFromChars(cookie)) is { Tenant: not null, Code: not null, State: not null, Nonce: not null, Verifier: not null } journey
                ? journey : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Draw() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
