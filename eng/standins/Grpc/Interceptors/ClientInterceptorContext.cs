namespace Grpc.Core.Interceptors;

/// <summary>The call that a client interceptor sees.</summary>
public struct ClientInterceptorContext<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    /// <summary>Creates a context, as an interceptor does that changes the options.</summary>
    public ClientInterceptorContext(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        Method = method;
        Host = host;
        Options = options;
    }

    /// <summary>Gets the method.</summary>
    public Method<TRequest, TResponse> Method { get; }

    /// <summary>Gets the host to ask for, or null for the channel's.</summary>
    public string? Host { get; }

    /// <summary>Gets the options.</summary>
    public CallOptions Options { get; }
}
