using System.Collections.ObjectModel;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor to be created for each call.</summary>
public class InterceptorRegistration
{
    internal InterceptorRegistration(Type type, object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(arguments);
        Type = typeof(Interceptor).IsAssignableFrom(type)
            ? type
            : throw new ArgumentException($"Type must inherit from {typeof(Interceptor).FullName}.", nameof(type));
        Arguments = arguments;
    }

    /// <summary>Gets the type.</summary>
    public Type Type { get; }

    /// <summary>Gets the arguments of its constructor that the service provider does not give.</summary>
    public IReadOnlyList<object> Arguments { get; }
}

/// <summary>Interceptors, outermost first.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <summary>Adds an interceptor.</summary>
    public void Add<TInterceptor>(params object[] args)
        where TInterceptor : Interceptor => Add(typeof(TInterceptor), args);

    /// <summary>Adds an interceptor.</summary>
    public void Add(Type interceptorType, params object[] args) => Add(new InterceptorRegistration(interceptorType, args));
}
