using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The body of a call with one request; it can be written again when the transport retries on another connection.</summary>
internal sealed class SingleRequestContent<TRequest>(IClientCall call, TRequest request, Marshaller<TRequest> marshaller) : HttpContent
    where TRequest : class
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            using var message = RequestMessage.Serialize(call, request, marshaller, call.Options.WriteOptions);
            await stream.WriteAsync(message.Framed, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            // The transport would wrap it and lose the status.
            call.Fail(e);
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
