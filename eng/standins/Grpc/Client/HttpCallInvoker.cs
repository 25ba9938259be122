using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Starts calls on a channel. A host of the caller's own is not sent, as with the real client: the channel's address says it.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Start(method, options, request);
        return new AsyncUnaryCall<TResponse>(call.ReadSingleAsync(), static c => Of(c).ResponseHeadersAsync, static c => Of(c).GetStatus(), static c => Of(c).GetTrailers(), static c => Of(c).Dispose(), call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Start(method, options, request);
        return new AsyncServerStreamingCall<TResponse>(new ClientStreamReader<TResponse>(call), static c => Of(c).ResponseHeadersAsync, static c => Of(c).GetStatus(), static c => Of(c).GetTrailers(), static c => Of(c).Dispose(), call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, writer) = StartStreaming(method, options);
        return new AsyncClientStreamingCall<TRequest, TResponse>(writer, call.ReadSingleAsync(), static c => Of(c).ResponseHeadersAsync, static c => Of(c).GetStatus(), static c => Of(c).GetTrailers(), static c => Of(c).Dispose(), call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, writer) = StartStreaming(method, options);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(writer, new ClientStreamReader<TResponse>(call), static c => Of(c).ResponseHeadersAsync, static c => Of(c).GetStatus(), static c => Of(c).GetTrailers(), static c => Of(c).Dispose(), call);
    }

    private static IClientCall Of(object state) => (IClientCall)state;

    private ClientCall<TResponse> Start<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = new ClientCall<TResponse>(channel, method, method.ResponseMarshaller, options);
        call.Start(new SingleRequestContent<TRequest>(call, request, method.RequestMarshaller));
        return call;
    }

    private (ClientCall<TResponse> Call, ClientStreamWriter<TRequest> Writer) StartStreaming<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        var call = new ClientCall<TResponse>(channel, method, method.ResponseMarshaller, options);
        var content = new RequestStreamContent();
        var writer = new ClientStreamWriter<TRequest>(call, content, method.RequestMarshaller);
        call.Start(content);
        return (call, writer);
    }
}
