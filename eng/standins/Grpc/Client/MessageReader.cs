using System.Buffers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// Reads messages from a response body, however the transport has cut it. Holds at most one message, and nothing but
/// the five bytes of a header while it waits for the next one. One read at a time.
/// </summary>
internal sealed class MessageReader(Stream stream, IncomingEncoding encoding, int? maxLength)
{
    // The most to reserve on a header's word alone; beyond, memory grows only with what has really arrived.
    private const int MaxReserve = 4 * 1024 * 1024;

    private readonly byte[] _header = new byte[MessageFrame.HeaderSize];

    /// <summary>Reads a message; null at the end of the body.</summary>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        var read = await stream.ReadAtLeastAsync(_header, MessageFrame.HeaderSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read < MessageFrame.HeaderSize)
        {
            return read == 0 ? null : throw WireFaults.Incomplete();
        }

        var frame = MessageFrame.Parse(_header, maxLength);
        var length = (int)frame.Length;
        using var payload = new PooledBuffer(Math.Min(length, MaxReserve));
        while (payload.Length < length)
        {
            var target = payload.GetMemory();
            read = await stream.ReadAsync(target[..Math.Min(target.Length, length - payload.Length)], cancellationToken).ConfigureAwait(false);
            payload.Advance(read > 0 ? read : throw WireFaults.Incomplete());
        }

        return IncomingMessage.Deserialize(new ReadOnlySequence<byte>(payload.WrittenMemory), frame.IsCompressed, encoding, maxLength, deserializer);
    }
}
