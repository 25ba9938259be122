using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves the requests of one method.</summary>
internal interface ICallHandler
{
    Task HandleAsync(HttpContext context);
}

/// <summary>What the four kinds share: from the HTTP request to a call, and from the outcome of the handler to a status.</summary>
internal abstract class CallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, MethodOptions options, ILogger logger) : ICallHandler
    where TRequest : class
    where TResponse : class
{
    protected MethodOptions Options => options;

    public async Task HandleAsync(HttpContext context)
    {
        if (!ProtocolCheck.Accept(context))
        {
            return;
        }

        LiftBodyLimits(context);
        await using var call = new ServerCall(context, method, options, logger);
        try
        {
            call.Start();
            await ServeAsync(call);
            await call.CompleteAsync();
        }
        catch (Exception e)
        {
            await call.FailAsync(e);
        }
    }

    /// <summary>Runs the handler between the call's messages.</summary>
    protected abstract Task ServeAsync(ServerCall call);

    protected ServerStreamReader<TRequest> Requests(ServerCall call) => new(call, method.RequestMarshaller);

    protected ServerStreamWriter<TResponse> Responses(ServerCall call) => new(call, method.ResponseMarshaller);

    protected Task<TRequest> ReadSingleAsync(ServerCall call) => call.ReadSingleAsync(method.RequestMarshaller);

    protected Task WriteSingleAsync(ServerCall call, TResponse? response) => response is null
        ? throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."))
        : call.WriteAsync(response, method.ResponseMarshaller, isLast: true, CancellationToken.None);

    /// <summary>
    /// Lets a stream of requests last and grow as long as it likes: its messages have their own limit, and it may pause
    /// for hours. A single request keeps the server's limits, as with the real package: 30 MB unless configured.
    /// </summary>
    private void LiftBodyLimits(HttpContext context)
    {
        if (method.Type is MethodType.Unary or MethodType.ServerStreaming)
        {
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
