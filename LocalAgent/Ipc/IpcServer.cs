using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Listens on the user's socket. Only processes of the same user are served, and so many at once.</summary>
internal sealed class IpcServer(AgentPaths paths, HandlerTable handlers, CopyBook copies, AgentLog log, TimeProvider time, Func<Configuration.Settings> settings) : IDisposable
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17; // SO_PEERCRED of linux/socket.h on all common architectures.

    /// <summary>Clients that are being told that there is no place for them; further ones wait in the kernel's queue for their turn to hear it.</summary>
    private const int MaxRefusals = 256;

    /// <summary>How many clients the kernel lets wait to be accepted (at most net.core.somaxconn): a client that cannot wait fails beyond it.</summary>
    private const int Backlog = 4096;

    /// <summary>How long a refused client may take to read why and to go.</summary>
    private static readonly TimeSpan s_refusalLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly ConcurrentDictionary<Task, byte> _refusals = new();
    private Socket? _listener;

    /// <summary>Gets how many clients are connected.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Begins to listen. The caller holds the agent's lock, so a socket that is there was left behind.</summary>
    public void Listen()
    {
        var folder = Path.GetDirectoryName(paths.Socket)!;
        Directory.CreateDirectory(folder);
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using (var open = LibC.OpenFolder(folder))
        {
            if (LibC.Stat(open, folder).Owner != LibC.EffectiveUser)
            {
                throw new IOException($"'{folder}' belongs to another user; the socket would not be safe there.");
            }
        }

        // The data folder may be shared with other programs of the user when it serves as runtime folder; still only theirs.
        Restrict(folder, ownerOnly);
        File.Delete(paths.Socket);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(paths.Socket));
        Restrict(paths.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(Backlog);
    }

    /// <summary>Serves clients until cancelled, then waits for the answers that are under way.</summary>
    public async Task RunAsync(CancellationToken accepting, CancellationToken serving)
    {
        try
        {
            while (true)
            {
                while (_refusals.Keys.ToArray() is { Length: >= MaxRefusals } refusals)
                {
                    await Task.WhenAny(refusals).WaitAsync(accepting);
                }

                Accept(await _listener!.AcceptAsync(accepting), serving);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Told to stop.
        }

        await Task.WhenAll([.. _connections.Keys, .. _refusals.Keys]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_listener is not null)
        {
            _listener.Dispose();
            File.Delete(paths.Socket);
        }
    }

    private void Accept(Socket client, CancellationToken serving)
    {
        if (!IsSameUser(client))
        {
            log.Warn("a process of another user was refused");
            client.Dispose();
            return;
        }

        if (_connections.Count < settings().MaxConnections)
        {
            Keep(ServeAsync(client, serving), _connections);
        }
        else
        {
            Keep(RefuseAsync(client, serving), _refusals);
        }
    }

    private static void Keep(Task task, ConcurrentDictionary<Task, byte> among)
    {
        among[task] = 0;
        _ = task.ContinueWith(done => among.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket client, CancellationToken serving)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            using var connection = new Connection(stream, handlers, copies, log, time, settings().RequestTimeout);
            await connection.RunAsync(serving);
        }
        catch (Exception e)
        {
            log.Error($"a connection failed: {e}");
        }
    }

    /// <summary>
    /// Says why, then waits for the client to go: closing at once would break the request that it is writing, and it would see a
    /// broken connection instead of the reason.
    /// </summary>
    private async Task RefuseAsync(Socket client, CancellationToken serving)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            var error = new ErrorInfo("too_many_connections", $"The agent serves {settings().MaxConnections} clients at once and all places are taken.", "Close a client, or set worker.ipc.max_connections.");
            using var late = new CancellationTokenSource(s_refusalLimit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, serving);
            await Framing.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(new ReplyFrame { Id = 1, Error = error }, EnvelopeJson.Default.ReplyFrame), both.Token);
            client.Shutdown(SocketShutdown.Send);
            var ignored = new byte[4096];
            while (await stream.ReadAsync(ignored, both.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            log.Debug($"a refused client did not listen: {e.Message}");
        }
    }

    private static void Restrict(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static bool IsSameUser(Socket client)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true; // The socket's mode and its folder's keep others out.
        }

        // struct ucred: pid, uid, gid.
        Span<byte> credentials = stackalloc byte[12];
        return client.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) == LibC.EffectiveUser;
    }
}
