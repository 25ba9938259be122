using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using W0rktree.Silo.Rest;
using W0rktree.Silo.Rest.Routes;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.Doors;

/// <summary>Calls any REST route about the scene, web sockets included.</summary>
internal sealed class RestCall(DoorScene scene) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = scene.Address };

    /// <summary>Says how a request ended, <c>ok</c> or a code, and gives everything that was received.</summary>
    /// <param name="route">The route.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="token">The token to show; null for none.</param>
    /// <param name="tenant">The tenant to name.</param>
    public async Task<(string Outcome, byte[] Received)> RunAsync(RouteEndpoint route, string method, string? token, string tenant)
    {
        if (route.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(m => m.StatusCode == StatusCodes.Status101SwitchingProtocols)
            && await WatchAsync(RestShape.Address(route, Sample), token) is { } hello)
        {
            return ("ok", hello);
        }

        using var request = RestShape.Request(route, method, token, Sample);
        using var response = await _http.SendAsync(request);
        var received = await response.Content.ReadAsByteArrayAsync();
        return (response.IsSuccessStatusCode ? "ok" : CodeOf(response.StatusCode, received), received);

        object? Sample(RestPart part) => part.Name is "owner" or "tenant" && part.Place == "address" ? tenant : this.Sample(part, method);
    }

    public void Dispose() => _http.Dispose();

    private static string CodeOf(HttpStatusCode status, byte[] received)
    {
        using var json = JsonDocument.Parse(received);
        var code = json.RootElement.GetProperty("error").GetProperty("code").GetString()!;
        Assert.Equal(RestErrors.StatusOf(code), (int)status);
        return code;
    }

    /// <summary>Opens a web socket and reads its first message; null where it is refused, which an ordinary request then says in words.</summary>
    private async Task<byte[]?> WatchAsync(string address, string? token)
    {
        using var socket = new ClientWebSocket();
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(scene.Address, address)) { Scheme = "ws" }.Uri, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            return null;
        }

        var buffer = new byte[64 << 10];
        var first = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TestServer.Patience);
        Assert.Equal(WebSocketMessageType.Text, first.MessageType);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WaitAsync(TestServer.Patience);
        return buffer[..first.Count];
    }

    private object? Sample(RestPart part, string method) => (part.Place, part.Name) switch
    {
        ("address", "name") => "shop",
        ("address", "account") => scene.Target.Slug,
        ("address", "branch") => method == "DELETE" ? "old" : "main",
        ("address", "revision") => "main",
        ("address", "copy" or "id") => Person.Id(),
        ("address", "service") => "ci",
        ("address", "team") => "red",
        ("address", "documentName") => "v1",
        ("query", "path") => part.Of.EndsWith("/content", StringComparison.Ordinal) ? $"vault/{DoorScene.Secret}" : "vault",
        ("query", "from") => "main",
        ("query", "permission") => "tree:read",
        ("query", "account") => scene.Target.Slug,
        ("query", "expected_head") => scene.Head,
        ("body", "Account") when part.Of == nameof(RegisterBody) => "o" + Person.Id()[..10],
        ("body", "Account") => scene.Target.Slug,
        ("body", "Tenant") => "o" + Person.Id()[..10],
        ("body", "Email") => "door@example.org",
        ("body", "Password") => "short",
        ("body", "Role") => "viewer",
        ("body", "Status") => "active",
        ("body", "Name") when part.Of == nameof(ChangeTenantBody) => null,
        ("body", "Code") => "wti_none",
        ("body", "Client") => "door",
        ("body", "DeviceCode") => "wt_none",
        ("body", "UserCode") => "BCDF-GHJK",
        ("body", "Level") => "read",
        ("body", "Visibility") => "private",
        ("body", "Attributes") => new Dictionary<string, string> { ["door"] = "1" },
        ("body", "Name") => "n" + Person.Id()[..8],
        ("body", "Id" or "RootTree" or "RequestId") => Person.Id(),
        _ when part.IsOptional => null,
        _ => throw new InvalidOperationException($"{part.Of}: say here what '{part.Name}' in the {part.Place} is."),
    };
}
