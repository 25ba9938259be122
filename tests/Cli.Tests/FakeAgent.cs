using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Tests;

/// <summary>Listens where the agent would and answers each method with scripted frames.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, string[]> _script;
    private readonly Task _accepting;

    private FakeAgent(string socketPath, Dictionary<string, string[]> script)
    {
        _script = script;
        Directory.CreateDirectory(Path.GetDirectoryName(socketPath)!);
        _listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets the requests after the greeting: method and parameters as they came.</summary>
    public List<JsonObject> Requests { get; } = [];

    /// <summary>Starts to listen. A script gives, for a method, the frames without their id; none closes the connection.</summary>
    public static FakeAgent Start(string socketPath, Dictionary<string, string[]> script) => new(socketPath, script);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptAsync(_end.Token);
                await ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using var stream = new NetworkStream(client);
        try
        {
            while (await Framing.ReadAsync(stream, _end.Token) is { } bytes)
            {
                var request = JsonNode.Parse(bytes)!.AsObject();
                var method = (string)request["method"]!;
                string[] frames = method == Methods.Hello ? ["""{"result":{"protocol":1,"agent":"fake","pid":1}}"""] : _script.GetValueOrDefault(method, []);
                if (method != Methods.Hello)
                {
                    Requests.Add(request);
                }

                if (frames.Length == 0)
                {
                    return;
                }

                foreach (var frame in frames)
                {
                    var reply = JsonNode.Parse(frame)!.AsObject();
                    reply["id"] = (long)request["id"]!;
                    await Framing.WriteAsync(stream, Encoding.UTF8.GetBytes(reply.ToJsonString()), _end.Token);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away, which is how every conversation ends.
        }
    }
}
