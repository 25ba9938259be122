using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace W0rktree.Silo.Tests.Rest;

/// <summary>Speaks to the REST API as anybody's script would: HTTP/1.1 and JSON.</summary>
internal sealed class RestClient(string address, string? token = null) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"{address}/api/v1/") };

    public HttpClient Http => _http;

    public async Task<RestReply> SendAsync(HttpMethod method, string path, object? body = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType());
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        using var response = await _http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new RestReply(response.StatusCode, bytes, response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    public Task<RestReply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Expects success and gives the answer.</summary>
    public async Task<JsonElement> ReadAsync(string path)
    {
        var reply = await GetAsync(path);
        Assert.True(reply.Status == HttpStatusCode.OK, $"{path}: {reply.Status} {reply.Text}");
        return reply.Json;
    }

    public void Dispose() => _http.Dispose();
}

internal sealed record RestReply(HttpStatusCode Status, byte[] Bytes, Dictionary<string, string> Headers)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    public string Code => Json.GetProperty("error").GetProperty("code").GetString()!;
}
