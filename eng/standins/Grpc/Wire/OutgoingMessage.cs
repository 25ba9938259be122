using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>Serializes one message into a pooled buffer, with its frame header in front, compressed where asked.</summary>
internal sealed class OutgoingMessage : SerializationContext, IDisposable
{
    private readonly int? _maxLength;
    private PooledBuffer? _buffer;
    private int _announced = -1;
    private bool _completed;

    private OutgoingMessage(int? maxLength) => _maxLength = maxLength;

    /// <summary>Gets header and message. Valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Framed => _buffer!.WrittenMemory;

    public static OutgoingMessage Serialize<T>(
        T message, Action<T, SerializationContext> serializer, int? maxLength, ICompressionProvider? compression, CompressionLevel? level)
    {
        var outgoing = new OutgoingMessage(maxLength);
        try
        {
            serializer(message, outgoing);
            outgoing.Seal(compression, level);
            return outgoing;
        }
        catch
        {
            outgoing.Dispose();
            throw;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        if (payloadLength > _maxLength)
        {
            throw WireFaults.SendingTooLarge();
        }

        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter() => _buffer ??= Start(Math.Max(_announced, 0));

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        SetPayloadLength(payload.Length);
        GetBufferWriter().Write(payload);
        Complete();
    }

    public override void Complete()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The message is complete already.");
        }

        _ = GetBufferWriter();
        _completed = true;
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }

    private static PooledBuffer Start(int payloadLength)
    {
        var buffer = new PooledBuffer(checked(payloadLength + MessageFrame.HeaderSize));
        buffer.Advance(MessageFrame.HeaderSize);
        return buffer;
    }

    private void Seal(ICompressionProvider? compression, CompressionLevel? level)
    {
        if (!_completed)
        {
            throw new InvalidOperationException("Serialization did not return a payload.");
        }

        var length = _buffer!.Length - MessageFrame.HeaderSize;
        if (length > _maxLength)
        {
            throw WireFaults.SendingTooLarge();
        }

        if (_announced >= 0 && _announced != length)
        {
            throw new InvalidOperationException($"The serializer announced {_announced} bytes and wrote {length}.");
        }

        // An empty message gains nothing from compression.
        if (compression is not null && length > 0)
        {
            var compressed = Start(length / 2);
            try
            {
                MessageCompression.Compress(compression, level, _buffer.WrittenSpan[MessageFrame.HeaderSize..], compressed);
            }
            catch
            {
                compressed.Dispose();
                throw;
            }

            _buffer.Dispose();
            _buffer = compressed;
            MessageFrame.Write(_buffer.WrittenSpan, isCompressed: true, _buffer.Length - MessageFrame.HeaderSize);
            return;
        }

        MessageFrame.Write(_buffer.WrittenSpan, isCompressed: false, length);
    }
}
