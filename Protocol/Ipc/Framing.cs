using System.Buffers;
using System.Buffers.Binary;

namespace W0rktree.Protocol.Ipc;

/// <summary>Reads and writes frames: a 4-byte big-endian length, then the bytes.</summary>
public static class Framing
{
    /// <summary>The longest frame in bytes. Larger results are streamed as several events.</summary>
    public const int MaxFrameBytes = 16 * 1024 * 1024;

    private const int HeaderBytes = 4;

    /// <summary>Reads one frame, or gives null where the other side closed between frames.</summary>
    /// <exception cref="InvalidDataException">The announced length is 0 or over the limit.</exception>
    /// <exception cref="EndOfStreamException">The stream ended inside a frame.</exception>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytes];
        var read = await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
        {
            return null;
        }

        if (read < HeaderBytes)
        {
            throw new EndOfStreamException("The connection ended inside a frame's length.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length is 0 or > MaxFrameBytes)
        {
            throw new InvalidDataException($"A frame of {length} bytes was announced; 1 to {MaxFrameBytes} are allowed.");
        }

        // Grows with what really arrives, so that announcing 16 MiB and falling silent costs the sender, not us.
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(length, 64 * 1024));
        while (buffer.WrittenCount < length)
        {
            var part = buffer.GetMemory(1);
            part = part[..(int)Math.Min(part.Length, length - buffer.WrittenCount)];
            var count = await stream.ReadAsync(part, cancellationToken);
            if (count == 0)
            {
                throw new EndOfStreamException("The connection ended inside a frame.");
            }

            buffer.Advance(count);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes one frame. Callers on one stream take turns.</summary>
    /// <exception cref="ArgumentException">The frame is over the limit.</exception>
    public static async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (frame.Length is 0 or > MaxFrameBytes)
        {
            throw new ArgumentException($"A frame of {frame.Length} bytes; 1 to {MaxFrameBytes} are allowed.", nameof(frame));
        }

        // One write for header and body: a reader is woken once.
        var bytes = ArrayPool<byte>.Shared.Rent(HeaderBytes + frame.Length);
        try
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)frame.Length);
            frame.CopyTo(bytes.AsMemory(HeaderBytes));
            await stream.WriteAsync(bytes.AsMemory(0, HeaderBytes + frame.Length), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
