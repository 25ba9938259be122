using System.Net;
using System.Net.Sockets;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Stands between agents and a server on loopback and keeps every byte that agents send, and every byte that they are sent.</summary>
internal sealed class CapturingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly MemoryStream _sent = new();
    private readonly MemoryStream _received = new();
    private readonly Uri _server;
    private readonly Task _accepting;

    public CapturingProxy(string server)
    {
        _server = new Uri(server);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Gets how many bytes came from the server.</summary>
    public long ReceivedCount
    {
        get
        {
            lock (_received)
            {
                return _received.Length;
            }
        }
    }

    /// <summary>Tells whether a text went to the server.</summary>
    public bool Saw(string text) => Holds(_sent, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Tells whether bytes came from the server, as they are or as Base64, in which trailers carry them.</summary>
    public bool Received(byte[] bytes) => Holds(_received, bytes) || Enumerable.Range(0, 3).Any(shift => Holds(_received, Base64Of(bytes, shift)));

    /// <summary>Tells whether a text came from the server.</summary>
    public bool Received(string text) => Received(System.Text.Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
        _sent.Dispose();
        _received.Dispose();
    }

    private static bool Holds(MemoryStream stream, byte[] bytes)
    {
        lock (stream)
        {
            return stream.GetBuffer().AsSpan(0, (int)stream.Length).IndexOf(bytes) >= 0;
        }
    }

    /// <summary>Gives the characters that bytes have in Base64, whatever stands around them, when they begin so many bytes after a group.</summary>
    private static byte[] Base64Of(byte[] bytes, int shift)
    {
        var text = Convert.ToBase64String([.. new byte[shift], .. bytes, 0, 0]);
        return System.Text.Encoding.ASCII.GetBytes(text[(((shift * 8) + 5) / 6)..((shift + bytes.Length) * 8 / 6)]);
    }

    private async Task AcceptAsync()
    {
        var pumps = new List<Task>();
        try
        {
            while (true)
            {
                pumps.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(pumps);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                await Task.WhenAny(PumpAsync(client.GetStream(), server.GetStream(), _sent), PumpAsync(server.GetStream(), client.GetStream(), _received));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side went away; so does the other.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, MemoryStream kept)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is var count and > 0)
        {
            lock (kept)
            {
                kept.Write(buffer, 0, count);
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
