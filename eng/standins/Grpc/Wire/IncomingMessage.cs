using System.Buffers;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>The encoding that the other side named. It matters only to compressed messages: naming an unknown one is no error by itself.</summary>
internal readonly record struct IncomingEncoding(MessageCompression Known, string? Name)
{
    public ICompressionProvider Provider => Known.Find(Name) ?? throw WireFaults.CompressedWithoutEncoding();
}

/// <summary>Deserializes one message in place, decompressed where its frame says so.</summary>
internal sealed class IncomingMessage : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    private IncomingMessage(in ReadOnlySequence<byte> payload) => _payload = payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    public static T Deserialize<T>(
        in ReadOnlySequence<byte> payload, bool isCompressed, IncomingEncoding encoding, int? maxLength, Func<DeserializationContext, T> deserializer)
    {
        if (!isCompressed)
        {
            return Run(payload, deserializer);
        }

        using var plain = MessageCompression.Decompress(encoding.Provider, payload, maxLength);
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
