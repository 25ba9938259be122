using System.Net.Sockets;

namespace W0rktree.Cli.Agent;

/// <summary>
/// Reads and writes a socket of .NET on the thread that asks, where there is no <see cref="DescriptorStream"/>. A command has one conversation and nothing to do beside it; .NET's
/// asynchronous sockets would start three threads for it, which takes longer than the agent's answer.
/// </summary>
internal sealed class CallingStream(Socket socket) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Call(buffer, static (socket, memory) => socket.Receive(memory.Span), cancellationToken));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _ = Call(buffer, static (socket, memory) => Send(socket, memory.Span), cancellationToken);
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => Call(buffer.AsMemory(offset, count), static (socket, memory) => socket.Receive(memory.Span), CancellationToken.None);

    public override void Write(byte[] buffer, int offset, int count) => _ = Call<ReadOnlyMemory<byte>>(buffer.AsMemory(offset, count), static (socket, memory) => Send(socket, memory.Span), CancellationToken.None);

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        socket.Dispose();
        base.Dispose(disposing);
    }

    private static int Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        while (sent < bytes.Length)
        {
            sent += socket.Send(bytes[sent..]);
        }

        return sent;
    }

    // A cancellation comes from the thread of the terminal's interrupt: closing the socket wakes the one that waits in it.
    private int Call<TMemory>(TMemory memory, Func<Socket, TMemory, int> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var closing = cancellationToken.Register(static socket => ((Socket)socket!).Dispose(), socket);
        try
        {
            return call(socket, memory);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException(e.Message, e);
        }
    }
}
