using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves methods with one request and one response.</summary>
internal sealed class UnaryCallHandler<TService, TRequest, TResponse>(
    Func<TService, TRequest, ServerCallContext, Task<TResponse>> invoke, Method<TRequest, TResponse> method, MethodOptions options, ILogger logger)
    : CallHandler<TRequest, TResponse>(method, options, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly UnaryServerMethod<TRequest, TResponse> _pipeline = Enumerable.Reverse(options.Interceptors).Aggregate(
        new UnaryServerMethod<TRequest, TResponse>(async (request, context) =>
        {
            await using var service = Activation.Service<TService>(context);
            return await invoke(service.Instance, request, context);
        }),
        (next, registration) => async (request, context) =>
        {
            await using var interceptor = Activation.Interceptor(registration, context);
            return await interceptor.Instance.UnaryServerHandler(request, context, next);
        });

    protected override async Task ServeAsync(ServerCall call) =>
        await WriteSingleAsync(call, await _pipeline(await ReadSingleAsync(call), call));
}

/// <summary>Serves methods with a stream of requests and one response.</summary>
internal sealed class ClientStreamingCallHandler<TService, TRequest, TResponse>(
    Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> invoke, Method<TRequest, TResponse> method, MethodOptions options, ILogger logger)
    : CallHandler<TRequest, TResponse>(method, options, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ClientStreamingServerMethod<TRequest, TResponse> _pipeline = Enumerable.Reverse(options.Interceptors).Aggregate(
        new ClientStreamingServerMethod<TRequest, TResponse>(async (requests, context) =>
        {
            await using var service = Activation.Service<TService>(context);
            return await invoke(service.Instance, requests, context);
        }),
        (next, registration) => async (requests, context) =>
        {
            await using var interceptor = Activation.Interceptor(registration, context);
            return await interceptor.Instance.ClientStreamingServerHandler(requests, context, next);
        });

    protected override async Task ServeAsync(ServerCall call) => await WriteSingleAsync(call, await _pipeline(Requests(call), call));
}

/// <summary>Serves methods with one request and a stream of responses.</summary>
internal sealed class ServerStreamingCallHandler<TService, TRequest, TResponse>(
    Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke, Method<TRequest, TResponse> method, MethodOptions options, ILogger logger)
    : CallHandler<TRequest, TResponse>(method, options, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ServerStreamingServerMethod<TRequest, TResponse> _pipeline = Enumerable.Reverse(options.Interceptors).Aggregate(
        new ServerStreamingServerMethod<TRequest, TResponse>(async (request, responses, context) =>
        {
            await using var service = Activation.Service<TService>(context);
            await invoke(service.Instance, request, responses, context);
        }),
        (next, registration) => async (request, responses, context) =>
        {
            await using var interceptor = Activation.Interceptor(registration, context);
            await interceptor.Instance.ServerStreamingServerHandler(request, responses, context, next);
        });

    protected override async Task ServeAsync(ServerCall call)
    {
        var request = await ReadSingleAsync(call);
        await _pipeline(request, Responses(call), call);
    }
}

/// <summary>Serves methods with two streams.</summary>
internal sealed class DuplexStreamingCallHandler<TService, TRequest, TResponse>(
    Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke, Method<TRequest, TResponse> method, MethodOptions options, ILogger logger)
    : CallHandler<TRequest, TResponse>(method, options, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly DuplexStreamingServerMethod<TRequest, TResponse> _pipeline = Enumerable.Reverse(options.Interceptors).Aggregate(
        new DuplexStreamingServerMethod<TRequest, TResponse>(async (requests, responses, context) =>
        {
            await using var service = Activation.Service<TService>(context);
            await invoke(service.Instance, requests, responses, context);
        }),
        (next, registration) => async (requests, responses, context) =>
        {
            await using var interceptor = Activation.Interceptor(registration, context);
            await interceptor.Instance.DuplexStreamingServerHandler(requests, responses, context, next);
        });

    protected override Task ServeAsync(ServerCall call) => _pipeline(Requests(call), Responses(call), call);
}
