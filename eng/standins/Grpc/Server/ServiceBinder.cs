using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>A method that was bound, ready to be mapped.</summary>
internal sealed record BoundMethod(IMethod Method, RequestDelegate Handler, IReadOnlyList<object> Attributes);

/// <summary>Finds the methods of a service by its generated description, and the implementation of each by its name.</summary>
internal sealed class ServiceBinder<TService>(MethodOptions options, IServiceProvider services) : ServiceBinderBase
    where TService : class
{
    private readonly ILogger _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler");

    public List<BoundMethod> Methods { get; } = [];

    public void Bind()
    {
        var attribute = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)
            ?? throw new InvalidOperationException($"Error binding gRPC service '{typeof(TService).Name}': it does not derive from a generated base class.");
        var bind = attribute.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .FirstOrDefault(method => method.Name == attribute.BindMethodName && method.GetParameters() is [var binder, var service]
                && binder.ParameterType == typeof(ServiceBinderBase) && service.ParameterType.IsAssignableFrom(typeof(TService)))
            ?? throw new InvalidOperationException($"Error binding gRPC service '{typeof(TService).Name}': no {attribute.BindMethodName} in {attribute.BindType}.");
        bind.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [this, null], culture: null);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(TRequest), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>();
        Add(method, implementation, new UnaryCallHandler<TService, TRequest, TResponse>(invoke, method, options, _logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>();
        Add(method, implementation, new ClientStreamingCallHandler<TService, TRequest, TResponse>(invoke, method, options, _logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        Add(method, implementation, new ServerStreamingCallHandler<TService, TRequest, TResponse>(invoke, method, options, _logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        Add(method, implementation, new DuplexStreamingCallHandler<TService, TRequest, TResponse>(invoke, method, options, _logger));
    }

    private static MethodInfo Find(IMethod method, params Type[] parameters) =>
        typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
        ?? throw new InvalidOperationException($"Could not find '{method.Name}' on {typeof(TService)}.");

    private void Add(IMethod method, MethodInfo implementation, ICallHandler handler) => Methods.Add(new BoundMethod(
        method, handler.HandleAsync, [.. typeof(TService).GetCustomAttributes(inherit: true), .. implementation.GetCustomAttributes(inherit: true)]));
}
