using System.Buffers;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>Deserializes one message in place, decompressed where its frame says so.</summary>
internal sealed class IncomingMessage : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    private IncomingMessage(in ReadOnlySequence<byte> payload) => _payload = payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    public static T Deserialize<T>(
        in ReadOnlySequence<byte> payload, bool isCompressed, ICompressionProvider? compression, int? maxLength, Func<DeserializationContext, T> deserializer)
    {
        if (!isCompressed)
        {
            return Run(payload, deserializer);
        }

        if (compression is null)
        {
            throw WireFaults.CompressedWithoutEncoding();
        }

        using var plain = MessageCompression.Decompress(compression, payload, maxLength);
        return Run(new ReadOnlySequence<byte>(plain.WrittenMemory), deserializer);
    }

    private static T Run<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        var context = new IncomingMessage(payload);
        try
        {
            return deserializer(context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw WireFaults.Internal($"Failed to deserialize the message: {e.Message}", e);
        }
        finally
        {
            // The memory goes back to its pool: a context kept by the deserializer must not see it again.
            context._payload = default;
        }
    }
}
