using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// Reads messages from a request body in place, however the transport has cut it. What has not been examined stays
/// within HTTP/2's flow-control window, so a slow handler slows its client down.
/// </summary>
internal sealed class RequestMessages(PipeReader body, IncomingEncoding encoding, int? maxLength)
{
    /// <summary>Reads a message; null at the end of the body.</summary>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var consumed = buffer.Start;
            var examined = buffer.End;
            try
            {
                if (TryTake(buffer, out var payload, out var isCompressed))
                {
                    consumed = examined = payload.End;
                    return IncomingMessage.Deserialize(payload, isCompressed, encoding, maxLength, deserializer);
                }

                if (result.IsCompleted)
                {
                    return buffer.IsEmpty ? null : throw WireFaults.Incomplete();
                }

                if (result.IsCanceled)
                {
                    throw new OperationCanceledException("The read was cancelled.");
                }
            }
            finally
            {
                body.AdvanceTo(consumed, examined);
            }
        }
    }

    private bool TryTake(in ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload, out bool isCompressed)
    {
        payload = default;
        isCompressed = false;
        if (buffer.Length < MessageFrame.HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[MessageFrame.HeaderSize];
        buffer.Slice(0, MessageFrame.HeaderSize).CopyTo(header);
        var frame = MessageFrame.Parse(header, maxLength);
        if (buffer.Length - MessageFrame.HeaderSize < frame.Length)
        {
            return false;
        }

        payload = buffer.Slice(MessageFrame.HeaderSize, frame.Length);
        isCompressed = frame.IsCompressed;
        return true;
    }
}
