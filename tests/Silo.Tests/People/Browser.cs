using System.Net;
using System.Text.RegularExpressions;

namespace W0rktree.Silo.Tests.People;

/// <summary>What a browser does: keeps cookies, follows links and sends forms, one step at a time.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() });

    public async Task<Seen> GetAsync(string address)
    {
        using var response = await _http.GetAsync(address);
        return await SeenAsync(response, address);
    }

    /// <summary>Sends a form, from a page of an origin.</summary>
    public async Task<Seen> PostAsync(string address, Dictionary<string, string> form, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await _http.SendAsync(request);
        return await SeenAsync(response, address);
    }

    /// <summary>Signs in at the provider and gives the address that it sends the browser back to.</summary>
    public async Task<string> SignInAtProviderAsync(string address, string name, string home)
    {
        for (var step = 0; step < 10; step++)
        {
            var seen = await GetAsync(address);
            if (seen.Location is null)
            {
                var form = new Dictionary<string, string> { ["prompt"] = Prompt().Match(seen.Text).Groups["what"].Value, ["login"] = name, ["password"] = "any" };
                seen = await PostAsync(new Uri(new Uri(address), Action().Match(seen.Text).Groups["to"].Value).ToString(), form, null);
            }

            address = seen.Location!;
            if (address.StartsWith(home, StringComparison.Ordinal))
            {
                return address;
            }
        }

        throw new InvalidOperationException("The provider never sent the browser back.");
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Seen> SeenAsync(HttpResponseMessage response, string address) => new(
        response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location is { } to ? new Uri(new Uri(address), to).ToString() : null,
        response.Headers.TryGetValues("Content-Security-Policy", out var policy) ? string.Join(',', policy) : "");

    [GeneratedRegex("action=\"(?<to>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Action();

    [GeneratedRegex("name=\"prompt\" value=\"(?<what>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Prompt();
}

internal sealed record Seen(HttpStatusCode Status, string Text, string? Location, string Policy);
