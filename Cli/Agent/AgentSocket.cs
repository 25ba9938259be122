using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Cli.Agent;

/// <summary>Opens the agent's socket: on Linux by the system's calls (unix(7)), elsewhere by .NET's sockets.</summary>
internal static partial class AgentSocket
{
    private const int LocalFamily = 1; // AF_UNIX
    private const int StreamCloseOnExec = 1 | 0x80000; // SOCK_STREAM | SOCK_CLOEXEC

    private const int NotFound = 2; // ENOENT
    private const int NotADirectory = 20; // ENOTDIR
    private const int Refused = 111; // ECONNREFUSED

    /// <summary>Connects, or gives null where nobody listens.</summary>
    /// <exception cref="IOException">Somebody may listen, and the user may not speak to them.</exception>
    public static Stream? TryConnect(string path) => OperatingSystem.IsLinux()
        ? TryOpen(path) is { } socket ? new DescriptorStream(socket) : null
        : TryConnectByLibrary(path);

    /// <summary>Connects on Linux, or gives null where nobody listens.</summary>
    /// <exception cref="IOException">Somebody may listen, and the user may not speak to them.</exception>
    public static SafeFileHandle? TryOpen(string path)
    {
        // struct sockaddr_un: the family, then the path with its NUL. Endpoint keeps it within the 108 bytes.
        Span<byte> address = stackalloc byte[2 + 108];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)LocalFamily);
        var length = 2 + Encoding.UTF8.GetBytes(path, address[2..]) + 1;

        var descriptor = Open(LocalFamily, StreamCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"A socket could not be made: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Connect(socket, address, (uint)length) == 0)
        {
            return socket;
        }

        var errno = Marshal.GetLastPInvokeError();
        socket.Dispose();
        return errno is NotFound or NotADirectory or Refused ? null : throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(errno)}");
    }

    private static CallingStream? TryConnectByLibrary(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new CallingStream(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.HostNotFound or SocketError.NotConnected
            || !File.Exists(path))
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeFileHandle socket, ReadOnlySpan<byte> address, uint length);
}
