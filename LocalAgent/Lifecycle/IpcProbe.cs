using System.Net.Sockets;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Looks whether an agent listens.</summary>
internal static class IpcProbe
{
    /// <summary>Tells whether something accepts connections at the socket.</summary>
    public static async Task<bool> IsListeningAsync(string socket, CancellationToken cancellationToken)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
