using System.Net.Http.Headers;
using System.Text.Json;
using W0rktree.Silo.Tests.Doors;

namespace W0rktree.Silo.Tests.Isolation;

/// <summary>Is one request, whatever door it goes through.</summary>
internal interface IDrawnRequest
{
    /// <summary>Sends it and gives everything that comes back.</summary>
    Task<DrawnAnswer> SendAsync(TwinServer server, string token);
}

/// <summary>Is one request to REST.</summary>
internal sealed record DrawnRestRequest(string Method, string Address, byte[]? Body) : IDrawnRequest
{
    // Drawn anew for each request, and the time of day of the machine: neither is a secret, and neither can be the same twice.
    private static readonly string[] NotCompared = ["X-Request-Id", "Date"];

    /// <summary>Draws one; what it names is fixed, so that both servers get the same bytes.</summary>
    public static DrawnRestRequest Draw((Microsoft.AspNetCore.Routing.RouteEndpoint Route, string Method) door, Func<RestPart, object?> value) =>
        new(door.Method, RestShape.Address(door.Route, value), RestShape.Body(door.Route, value));

    /// <inheritdoc/>
    public async Task<DrawnAnswer> SendAsync(TwinServer server, string token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), Address) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body) { Headers = { ContentType = new("application/json") } };
        }

        using var response = await server.Http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => !NotCompared.Contains(h.Key, StringComparer.OrdinalIgnoreCase)).OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
        return new DrawnAnswer(
            response.IsSuccessStatusCode ? "ok" : JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("code").GetString()!,
            $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n{Convert.ToHexStringLower(body)}");
    }

    public override string ToString() => $"{Method} {Address} {(Body is null ? "" : System.Text.Encoding.UTF8.GetString(Body))}";
}
