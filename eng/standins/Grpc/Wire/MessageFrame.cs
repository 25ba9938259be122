using System.Buffers.Binary;

namespace Grpc.Wire;

/// <summary>The five bytes before each message: a flag (1 = compressed), then the length, big-endian.</summary>
internal readonly record struct MessageFrame(bool IsCompressed, uint Length)
{
    public const int HeaderSize = 5;

    public static void Write(Span<byte> header, bool isCompressed, int length)
    {
        header[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..HeaderSize], length);
    }

    /// <summary>Reads a header; refuses flags other than 0 and 1, and lengths over the limit before a byte is allocated.</summary>
    public static MessageFrame Parse(ReadOnlySpan<byte> header, int? maxLength)
    {
        if (header[0] > 1)
        {
            throw WireFaults.Internal("Unexpected compressed flag value in message header.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..HeaderSize]);
        return length > (maxLength ?? Array.MaxLength) ? throw WireFaults.ReceivedTooLarge() : new MessageFrame(header[0] == 1, length);
    }
}
