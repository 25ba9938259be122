using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Cli.Agent;

/// <summary>
/// Reads and writes a descriptor by plain system calls on the thread that asks. A command has one conversation and nothing to do
/// beside it: .NET's sockets would start a thread for it, and a flush that a stream leaves to its base class a whole pool.
/// </summary>
/// <param name="descriptor">What is read and written.</param>
/// <param name="mayLoseReader">Whether nobody minds that the other side has gone, as with <c>wt diff | head</c>: the rest is dropped.</param>
internal sealed partial class DescriptorStream(SafeFileHandle descriptor, bool mayLoseReader = false) : Stream
{
    private const int Interrupted = 4; // EINTR
    private const int BrokenPipe = 32; // EPIPE

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = ReadSome(descriptor, buffer, (nuint)buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            Fail();
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = WriteSome(descriptor, buffer, (nuint)buffer.Length);
            if (count < 0 && mayLoseReader && Marshal.GetLastPInvokeError() == BrokenPipe)
            {
                return;
            }

            if (count < 0)
            {
                Fail();
            }
            else
            {
                buffer = buffer[(int)count..];
            }
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var closing = Interruptible(cancellationToken);
        try
        {
            return ValueTask.FromResult(Read(buffer.Span));
        }
        finally
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var closing = Interruptible(cancellationToken);
        try
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
        finally
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        descriptor.Dispose();
        base.Dispose(disposing);
    }

    // A cancellation comes from the thread of the terminal's interrupt: ending the conversation wakes the one that waits in it.
    private CancellationTokenRegistration Interruptible(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return cancellationToken.Register(static handle => _ = Shutdown((SafeFileHandle)handle!, 2), descriptor);
    }

    private static void Fail()
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno != Interrupted)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(errno));
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadSome(SafeFileHandle descriptor, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteSome(SafeFileHandle descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(SafeFileHandle socket, int how);
}
