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
            await stream.WriteAsync(message.Framed, cancellationToken);
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

/// <summary>The body of a call with a stream of requests: hands the transport's stream to the writer and waits for its end.</summary>
internal sealed class RequestStreamContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the stream to write to, there as soon as the transport wants the body.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the body.</summary>
    public void Complete() => _complete.TrySetResult();

    /// <summary>Gives the body up where it has not ended, which resets the HTTP/2 stream.</summary>
    public void Abandon() => _complete.TrySetCanceled();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Headers wait for the first data otherwise, and a server that speaks first would never hear of the call.
        await stream.FlushAsync(cancellationToken);
        if (!_stream.TrySetResult(stream))
        {
            throw new InvalidOperationException("A stream of requests cannot be sent twice.");
        }

        await _complete.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}

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
