using System.Net;
using System.Net.Sockets;
using System.Text;

namespace W0rktree.EndToEnd.Tests.World;

/// <summary>Stands between somebody and the server and keeps every byte that the server sends.</summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly MemoryStream _received = new();
    private readonly Uri _server;
    private readonly Task _accepting;

    private WireTap(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public long Count
    {
        get
        {
            lock (_received)
            {
                return _received.Length;
            }
        }
    }

    public static WireTap Before(Server server) => new(new Uri(server.Url));

    /// <summary>Tells whether bytes came over the wire at any time.</summary>
    public bool Saw(ReadOnlySpan<byte> bytes)
    {
        lock (_received)
        {
            return _received.GetBuffer().AsSpan(0, (int)_received.Length).IndexOf(bytes) >= 0;
        }
    }

    public bool Saw(string text) => Saw(Encoding.UTF8.GetBytes(text));

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
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (var server = new TcpClient())
            {
                await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), null), CopyAsync(server.GetStream(), client.GetStream(), _received));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One side hung up.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, MemoryStream? keep)
    {
        var buffer = new byte[64 << 10];
        int count;
        while ((count = await from.ReadAsync(buffer, _end.Token)) > 0)
        {
            if (keep is not null)
            {
                lock (keep)
                {
                    keep.Write(buffer, 0, count);
                }
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }
}
