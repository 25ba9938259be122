using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using W0rktree.Core;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Pages.SingleSignOn;

/// <summary>Speaks to one provider. Thread-safe.</summary>
internal sealed class Provider(ProviderSettings settings, HttpClient http, TimeProvider clock) : IDisposable
{
    // A provider that changes its addresses is followed within the hour; one that changes its keys at once, see KeyAsync.
    private static readonly TimeSpan DiscoveryLife = TimeSpan.FromHours(1);

    // A token with an invented key id must not make this server ask for keys as often as somebody likes.
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private Discovery? _discovery;
    private IReadOnlyList<ProviderKey> _keys = [];
    private long _discoveredAt;
    private long _keysAt;

    /// <summary>Gets the settings.</summary>
    public ProviderSettings Settings => settings;

    /// <summary>Gives the address at which somebody signs in.</summary>
    public async Task<Uri> AddressAsync(Journey journey, string callback, CancellationToken cancellationToken)
    {
        var found = await DiscoverAsync(cancellationToken);
        var query = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["response_type"] = "code", ["client_id"] = settings.ClientId, ["redirect_uri"] = callback, ["scope"] = "openid profile email",
            ["state"] = journey.State, ["nonce"] = journey.Nonce, ["code_challenge"] = journey.Challenge, ["code_challenge_method"] = "S256",
        };
        var text = string.Join('&', query.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
        return new Uri($"{found.Authorization}{(found.Authorization.Query.Length > 0 ? '&' : '?')}{text}");
    }

    /// <summary>Exchanges the code that the browser brought back, and checks what comes for it.</summary>
    public async Task<Result<IdToken>> RedeemAsync(string code, Journey journey, string callback, CancellationToken cancellationToken)
    {
        var found = await DiscoverAsync(cancellationToken);
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = callback, ["code_verifier"] = journey.Verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, found.Token);
        if (settings.ClientSecret is { } secret)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(secret)}")));
        }
        else
        {
            form["client_id"] = settings.ClientId;
        }

        request.Content = new FormUrlEncodedContent(form);
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return new Error("denied", "The identity provider did not accept the sign-in.", "Begin again: wt login");
        }

        var answer = await ReadAsync(response, cancellationToken);
        if (!answer.TryGetProperty("id_token", out var value) || value.GetString() is not { } token || IdToken.ReadHeader(token) is not { } header)
        {
            return new Error("denied", "The identity provider sent no token.", "Begin again: wt login");
        }

        var key = await KeyAsync(header, cancellationToken);
        return key is null
            ? new Error("denied", "The identity provider's token is signed with a key that the provider does not publish.", "Begin again: wt login")
            : IdToken.Check(token, key, new Expected(found.Issuer, settings.ClientId, journey.Nonce), clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<Discovery> DiscoverAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_discovery is { } known && clock.GetElapsedTime(_discoveredAt) < DiscoveryLife)
            {
                return known;
            }

            var issuer = settings.Issuer.OriginalString.TrimEnd('/');
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{issuer}/.well-known/openid-configuration");
            using var response = await SendAsync(request, cancellationToken);
            var document = await ReadAsync(response.EnsureSuccessStatusCode(), cancellationToken);
            var named = document.GetProperty("issuer").GetString();
            _discovery = named?.TrimEnd('/') == issuer
                ? new Discovery(named, Address("authorization_endpoint"), Address("token_endpoint"), Address("jwks_uri"))
                : throw Unavailable($"it calls itself '{named}'");
            _discoveredAt = clock.GetTimestamp();
            return _discovery;

            Uri Address(string name)
            {
                var address = new Uri(document.GetProperty(name).GetString()!, UriKind.Absolute);
                return address.Scheme == "https" || (address.IsLoopback && settings.Issuer.IsLoopback) ? address : throw Unavailable($"its {name} is not an https address");
            }
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw Unavailable(e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Finds the key of a token; asks for the keys again where it is not among those that are known.</summary>
    private async Task<ProviderKey?> KeyAsync(TokenHeader header, CancellationToken cancellationToken)
    {
        var found = await DiscoverAsync(cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Find(header) is { } known)
            {
                return known;
            }

            if (_keys.Count == 0 || clock.GetElapsedTime(_keysAt) >= KeyInterval)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, found.Keys);
                using var response = await SendAsync(request, cancellationToken);
                _keys = ProviderKey.ReadSet(await ReadAsync(response.EnsureSuccessStatusCode(), cancellationToken));
                _keysAt = clock.GetTimestamp();
            }

            return Find(header);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            throw Unavailable(e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ProviderKey? Find(TokenHeader header)
    {
        var fitting = _keys.Where(k => k.Algorithm == header.Algorithm && (header.KeyId is null || k.Id == header.KeyId)).ToArray();
        return fitting is [var only] ? only : fitting.FirstOrDefault(k => header.KeyId is not null && k.Id == header.KeyId);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw Unavailable("it does not answer");
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync(cancellationToken));

    private RefusedException Unavailable(string why) => new(new Grains.Abstractions.Replies.Refusal
    {
        Code = "busy", Message = $"The identity provider {settings.Issuer.Host} cannot be used: {why}.", Hint = "Try again, or ask an operator of the server.",
    });

    private sealed record Discovery(string Issuer, Uri Authorization, Uri Token, Uri Keys);
}
