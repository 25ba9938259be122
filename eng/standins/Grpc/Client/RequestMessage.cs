using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Serializes requests with the options of their call.</summary>
internal static class RequestMessage
{
    public static OutgoingMessage Serialize<TRequest>(IClientCall call, TRequest request, Marshaller<TRequest> marshaller, WriteOptions? options)
    {
        try
        {
            var compression = options is not null && options.Flags.HasFlag(WriteFlags.NoCompress) ? null : call.RequestCompression;
            return OutgoingMessage.Serialize(request, marshaller.ContextualSerializer, call.MaxSendMessageSize, compression, level: null);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw WireFaults.Internal($"Error serializing the request: {e.Message}", e);
        }
    }
}
