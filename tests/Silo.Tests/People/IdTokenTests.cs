using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using W0rktree.Silo.Pages.SingleSignOn;

namespace W0rktree.Silo.Tests.People;

/// <summary>Which tokens of a provider are believed.</summary>
public sealed class IdTokenTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly Expected Expected = new("https://id.example.org", "wt", "nonce-1");

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public void A_token_that_says_what_it_must_is_believed(string algorithm)
    {
        var token = Check(Sign(algorithm, Claims()), algorithm);
        Assert.Equal(("sub-1", "ann", "ann@example.org"), (token!.Subject, token.Name, token.Email));
    }

    [Theory]
    [InlineData("iss", "\"https://evil.example\"")]
    [InlineData("aud", "\"other\"")]
    [InlineData("aud", "[\"wt\",\"other\"]")]
    [InlineData("aud", "7")]
    [InlineData("exp", "1")]
    [InlineData("exp", "\"never\"")]
    [InlineData("iat", "99999999999")]
    [InlineData("nonce", "\"nonce-2\"")]
    [InlineData("nonce", "null")]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "7")]
    public void A_token_with_one_thing_wrong_is_not(string claim, string value)
    {
        var claims = Claims();
        claims[claim] = JsonSerializer.Deserialize<JsonElement>(value);
        Assert.Null(Check(Sign("RS256", claims), "RS256"));
    }

    [Fact]
    public void An_address_that_the_provider_has_not_verified_is_left_out()
    {
        var claims = Claims();
        claims["email_verified"] = false;
        Assert.Equal("", Check(Sign("RS256", claims), "RS256")!.Email);
    }

    [Fact]
    public void A_signature_that_is_missing_altered_or_by_another_key_or_algorithm_is_not_believed()
    {
        var token = Sign("RS256", Claims());
        var parts = token.Split('.');
        using var other = RSA.Create(2048);
        Assert.Null(Check($"{parts[0]}.{parts[1]}.", "RS256"));
        Assert.Null(Check($"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA", "RS256"));
        Assert.Null(Check($"{parts[0]}.{Encode(Claims("evil"))}.{parts[2]}", "RS256"));
        Assert.Null(Believed(token, Key("RS256", other)));
        Assert.Null(Check($"{Encode(new { alg = "none" })}.{parts[1]}.", "RS256"));

        // The public key as the secret of HMAC, the oldest trick there is.
        var forged = $"{Encode(new { alg = "HS256", kid = "k" })}.{parts[1]}";
        var mac = HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(forged));
        Assert.Null(Check($"{forged}.{Base64Url.EncodeToString(mac)}", "RS256"));
        Assert.Null(Check(Sign("ES256", Claims()), "RS256"));
        Assert.Null(IdToken.ReadHeader("not.a token.!"));
        Assert.Null(IdToken.ReadHeader(new string('a', 20_000) + ".."));
    }

    [Fact]
    public void A_key_set_gives_what_can_verify_and_leaves_the_rest()
    {
        using var small = RSA.Create(1024);
        var keys = ProviderKey.ReadSet(JsonSerializer.SerializeToElement(new
        {
            keys = new object[] { Jwk("a", _rsa), Jwk("weak", small), new { kty = "oct", k = "AAAA" }, new { kty = "RSA", use = "enc", n = "AQAB", e = "AQAB" } },
        }));
        Assert.Equal(["a"], keys.Select(k => k.Id));
    }

    private IdToken? Check(string token, string algorithm) => Believed(token, algorithm == "RS256" ? Key("RS256", _rsa) : EcKey());

    private static IdToken? Believed(string token, ProviderKey key) => IdToken.Check(token, key, Expected, Now).TryGet(out var believed, out _) ? believed : null;

    private static ProviderKey Key(string algorithm, RSA rsa) => ProviderKey.ReadSet(JsonSerializer.SerializeToElement(new { keys = new[] { Jwk("k", rsa) } })).Single(k => k.Algorithm == algorithm);

    private ProviderKey EcKey()
    {
        var point = _ec.ExportParameters(false).Q;
        var key = new { kty = "EC", crv = "P-256", kid = "k", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
        return ProviderKey.ReadSet(JsonSerializer.SerializeToElement(new { keys = new[] { key } })).Single();
    }

    private static object Jwk(string id, RSA rsa)
    {
        var parameters = rsa.ExportParameters(false);
        return new { kty = "RSA", kid = id, use = "sig", n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) };
    }

    private string Sign(string algorithm, object claims)
    {
        var signed = $"{Encode(new { alg = algorithm, kid = "k" })}.{Encode(claims)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm == "RS256" ? _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : _ec.SignData(bytes, HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static Dictionary<string, object?> Claims(string subject = "sub-1") => new()
    {
        ["iss"] = "https://id.example.org", ["aud"] = "wt", ["sub"] = subject, ["nonce"] = "nonce-1", ["preferred_username"] = "ann",
        ["email"] = "ann@example.org", ["email_verified"] = true, ["name"] = "Ann",
        ["iat"] = Now.ToUnixTimeSeconds(), ["exp"] = Now.AddMinutes(5).ToUnixTimeSeconds(),
    };
}
