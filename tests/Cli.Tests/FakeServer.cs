using System.Net;
using System.Net.Sockets;
using System.Text;

namespace W0rktree.Cli.Tests;

/// <summary>Listens where a server would and answers each request of REST with what the script says: status, space, body.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, string> _script;
    private readonly Task _accepting;

    private FakeServer(Dictionary<string, string> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>Gets the requests: method, path, authorization and body as they came.</summary>
    public List<string> Requests { get; } = [];

    public static FakeServer Start(Dictionary<string, string> script) => new(script);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
            {
                return;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        string? Header(string name) => lines.FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
        var body = new byte[int.Parse(Header("Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _end.Token);
        var asked = string.Join(' ', lines[0].Split(' ')[..2]);
        Requests.Add($"{asked} {Header("Authorization") ?? "(nobody)"} {Encoding.UTF8.GetString(body)}".TrimEnd());
        var answer = _script.GetValueOrDefault(asked, """404 {"error":{"code":"not_found","message":"The script says nothing."}}""").Split(' ', 2);
        var content = Encoding.UTF8.GetBytes(answer[1]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer[0]} X\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"), _end.Token);
        await stream.WriteAsync(content, _end.Token);
    }
}
