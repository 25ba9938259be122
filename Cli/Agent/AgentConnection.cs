using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Agent;

/// <summary>Speaks to the agent over its socket: one request at a time, its frames in order.</summary>
public sealed class AgentConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private long _lastId;
    private long? _greeting;

    private AgentConnection(Stream stream) => _stream = stream;

    /// <summary>Connects, or gives null where nobody listens.</summary>
    public static AgentConnection? TryConnect(string socketPath) => AgentSocket.TryConnect(socketPath) is { } stream ? new AgentConnection(stream) : null;

    /// <summary>Goes on with a conversation that was begun elsewhere, and gives the answer to what was asked there.</summary>
    /// <exception cref="AgentException">The agent refused, or the connection broke.</exception>
    internal static async Task<TResult> HearOutAsync<TParams, TResult>(BegunConversation begun, AgentCall<TParams, TResult> call, CancellationToken cancellationToken)
    {
        await using var connection = new AgentConnection(new DescriptorStream(begun.Socket)) { _lastId = BegunConversation.Question, _greeting = BegunConversation.Greeting };
        return await connection.AwaitAsync(BegunConversation.Question, call, cancellationToken);
    }

    /// <summary>Greets the agent. Its answer is awaited together with that to the next request: one round trip less for every command.</summary>
    public async Task GreetAsync(CancellationToken cancellationToken)
    {
        _greeting = ++_lastId;
        var hello = new RequestFrame
        {
            Id = _greeting.Value,
            Method = Methods.Hello,
            Params = JsonSerializer.SerializeToElement(new HelloParams(Methods.ProtocolVersion, "wt"), IpcJson.Default.HelloParams),
        };
        await WriteAsync(hello, cancellationToken);
    }

    /// <summary>Makes a request and gives its result; events and progress go to the handlers as they come.</summary>
    /// <exception cref="AgentException">The agent refused, or the connection broke.</exception>
    public async Task<TResult> CallAsync<TParams, TResult>(AgentCall<TParams, TResult> call, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        var request = new RequestFrame
        {
            Id = id,
            Method = call.Method,
            Cwd = call.Cwd,
            Params = JsonSerializer.SerializeToElement(call.Params, call.ParamsType),
        };
        await WriteAsync(request, cancellationToken);
        return await AwaitAsync(id, call, cancellationToken);
    }

    private async Task<TResult> AwaitAsync<TParams, TResult>(long id, AgentCall<TParams, TResult> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = await ReadAsync(cancellationToken);
            if (frame.Id != id && (frame.Id != _greeting || frame.Error is null))
            {
                continue; // The answer to the greeting, or the end of a request that was given up.
            }

            if (frame.Error is { } error)
            {
                throw new AgentException(error);
            }

            if (frame.Progress is { } progress)
            {
                call.OnProgress?.Invoke(progress);
            }
            else if (frame.Event is { } item)
            {
                call.OnEvent?.Invoke(item);
            }
            else if (frame.Result is { } result)
            {
                return Understand(result, call.ResultType);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static TResult Understand<TResult>(JsonElement result, JsonTypeInfo<TResult> type)
    {
        try
        {
            return result.Deserialize(type) ?? throw Lost(null);
        }
        catch (JsonException e)
        {
            throw Lost(e);
        }
    }

    private async ValueTask WriteAsync(RequestFrame frame, CancellationToken cancellationToken)
    {
        try
        {
            await Framing.WriteAsync(_stream, JsonSerializer.SerializeToUtf8Bytes(frame, EnvelopeJson.Default.RequestFrame), cancellationToken);
        }
        catch (IOException)
        {
            // An agent that refuses a client says why and closes: what it said is still there to be read, and so is the end.
        }
    }

    // Nothing of the command's own is in here: what fails while an answer is printed is not the agent's doing.
    private async ValueTask<ReplyFrame> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await Framing.ReadAsync(_stream, cancellationToken) ?? throw Lost(null);
            return JsonSerializer.Deserialize(bytes, EnvelopeJson.Default.ReplyFrame) ?? throw Lost(null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException)
        {
            throw Lost(e);
        }
    }

    private static AgentException Lost(Exception? cause) => AgentException.Of(
        "agent_lost",
        cause is null ? "The agent closed the connection before it answered." : $"The connection to the agent broke: {cause.Message}",
        "Run the command again; 'wt worker status' and 'wt worker logs' tell more.");
}

/// <summary>Describes one request with the types on both sides.</summary>
public sealed record AgentCall<TParams, TResult>(string Method, TParams Params, JsonTypeInfo<TParams> ParamsType, JsonTypeInfo<TResult> ResultType)
{
    /// <summary>Gets the directory the user stands in.</summary>
    public string? Cwd { get; init; }

    /// <summary>Gets what hears of progress.</summary>
    public Action<ProgressInfo>? OnProgress { get; init; }

    /// <summary>Gets what takes the items of a stream.</summary>
    public Action<JsonElement>? OnEvent { get; init; }
}
