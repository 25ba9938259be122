using System.Buffers.Binary;
using System.Net.Sockets;

namespace W0rktree.Silo.Tests.Audit;

/// <summary>Is where a process under the shim waits before each file-system call that writes, with all others behind it: its folder stands still.</summary>
internal sealed class StepGate : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();

    /// <summary>Opens a gate.</summary>
    /// <param name="path">Where the process finds it.</param>
    /// <param name="look">Looks at the folder before the call of a number.</param>
    public StepGate(string path, Func<long, Task> look)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
        Walk = Task.Run(() => WalkAsync(look));
    }

    public string Path { get; }

    /// <summary>Gets what ends with the process, and fails with the look.</summary>
    public Task Walk { get; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
        File.Delete(Path);
    }

    private async Task WalkAsync(Func<long, Task> look)
    {
        using var process = await _listener.AcceptAsync(_end.Token);
        var number = new byte[sizeof(long)];
        while (await process.ReceiveAsync(number, _end.Token) == number.Length)
        {
            await look(BinaryPrimitives.ReadInt64LittleEndian(number));
            await process.SendAsync(new byte[1], _end.Token);
        }
    }
}
