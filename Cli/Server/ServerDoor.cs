using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Server;

/// <summary>Sends requests to one server by REST and translates its refusals.</summary>
internal sealed class ServerDoor : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    private ServerDoor(ServerPlace place, string? token)
    {
        Place = place;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new Uri($"{place.Url}/api/v1/"), Timeout = Patience,
        };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Gets the server and the worktree.</summary>
    public ServerPlace Place { get; }

    /// <summary>Opens the door of the server that is meant, as who is signed in there.</summary>
    public static ServerDoor Open(CommandContext context, string? address)
    {
        var place = ServerPlace.Parse(address, context.Environment);
        return new ServerDoor(place, place.Token(context.Environment));
    }

    /// <summary>Opens the door of a server as nobody.</summary>
    public static ServerDoor OpenAsNobody(CommandContext context, string? address) => new(ServerPlace.Parse(address, context.Environment), null);

    /// <summary>Asks for something.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    /// <summary>Asks for every page of a list.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(string path, JsonTypeInfo<Page<T>> type, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await GetAsync(cursor is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={cursor}", type, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Changes something and reads the answer.</summary>
    public async Task<TAnswer> SendAsync<TBody, TAnswer>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await SendAsync(method, path, content, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    /// <summary>Changes something without a body, and reads nothing.</summary>
    public async Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) => (await SendAsync(method, path, null, cancellationToken)).Dispose();

    /// <summary>Copies content as it comes.</summary>
    public async Task CopyAsync(string path, Stream output, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await response.Content.CopyToAsync(output, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw AgentException.Of(ErrorCodes.Offline, $"{Place.Url} does not answer: {e.Message}", "Check the address; 'wt server status' tells whether a server runs here.");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw AgentException.Of(ErrorCodes.Offline, $"{Place.Url} did not answer in {Patience.TotalSeconds} s.", "Try again.");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellationToken);
        }
    }

    private async Task<AgentException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), ErrorJson.Default.ErrorBody) is { Error: { } error })
            {
                return new AgentException(error);
            }
        }
        catch (JsonException)
        {
            // Something that is no server of ours, or stands between.
        }

        return AgentException.Of(
            response.StatusCode >= HttpStatusCode.InternalServerError ? ErrorCodes.Internal : ErrorCodes.InvalidArgument,
            $"{Place.Url} answered {(int)response.StatusCode} and said nothing that wt understands.", "Check that the address is that of a W0rktree server.");
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), type)
                ?? throw new JsonException("The answer is empty.");
        }
        catch (JsonException e)
        {
            throw AgentException.Of(ErrorCodes.ProtocolMismatch, $"{Place.Url} answered what wt does not understand: {e.Message}", "Is the server of another version, or no W0rktree server?");
        }
    }
}
