using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An instance for one call; disposed with the call unless the service provider owns it.</summary>
internal readonly struct Activated<T>(T instance, bool isOwned) : IAsyncDisposable
    where T : class
{
    public T Instance => instance;

    public ValueTask DisposeAsync()
    {
        switch (instance)
        {
            case IAsyncDisposable asynchronous when isOwned:
                return asynchronous.DisposeAsync();
            case IDisposable disposable when isOwned:
                disposable.Dispose();
                return ValueTask.CompletedTask;
            default:
                return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Creates services and interceptors in the scope of a call's request.</summary>
internal static class Activation
{
    public static Activated<Interceptor> Interceptor(InterceptorRegistration registration, ServerCallContext context)
    {
        var services = context.GetHttpContext().RequestServices;
        return registration.Arguments.Count == 0 && services.GetService(registration.Type) is Interceptor registered
            ? new Activated<Interceptor>(registered, isOwned: false)
            : new Activated<Interceptor>((Interceptor)ActivatorUtilities.CreateInstance(services, registration.Type, [.. registration.Arguments]), isOwned: true);
    }

    public static Activated<TService> Service<TService>(ServerCallContext context)
        where TService : class
    {
        var services = context.GetHttpContext().RequestServices;
        return services.GetService<TService>() is { } registered
            ? new Activated<TService>(registered, isOwned: false)
            : new Activated<TService>(ServiceFactory<TService>.Create(services, null), isOwned: true);
    }

    private static class ServiceFactory<TService>
    {
        public static readonly ObjectFactory<TService> Create = ActivatorUtilities.CreateFactory<TService>(Type.EmptyTypes);
    }
}
