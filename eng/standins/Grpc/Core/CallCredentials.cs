namespace Grpc.Core;

/// <summary>Adds metadata to a request, such as a token.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

/// <summary>The call that credentials are asked for.</summary>
public class AuthInterceptorContext
{
    /// <summary>Creates a context.</summary>
    public AuthInterceptorContext(string serviceUrl, string methodName)
        : this(serviceUrl, methodName, CancellationToken.None)
    {
    }

    /// <summary>Creates a context with the token of the call.</summary>
    public AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(serviceUrl);
        ArgumentNullException.ThrowIfNull(methodName);
        ServiceUrl = serviceUrl;
        MethodName = methodName;
        CancellationToken = cancellationToken;
    }

    /// <summary>Gets the address of the service.</summary>
    public string ServiceUrl { get; }

    /// <summary>Gets the name of the method.</summary>
    public string MethodName { get; }

    /// <summary>Gets the token of the call.</summary>
    public CancellationToken CancellationToken { get; }
}

/// <summary>Credentials that are sent with single calls. They go over TLS only.</summary>
public abstract class CallCredentials
{
    /// <summary>Makes one of several, applied in order.</summary>
    public static CallCredentials Compose(params CallCredentials[] credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return credentials.Length < 2
            ? throw new ArgumentException("Composite call credentials need at least two parts.", nameof(credentials))
            : new InterceptorCredentials([.. credentials.SelectMany(part => part.Interceptors)]);
    }

    /// <summary>Makes credentials that ask a function for metadata at each call.</summary>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        return new InterceptorCredentials([interceptor]);
    }

    internal abstract IReadOnlyList<AsyncAuthInterceptor> Interceptors { get; }

    private sealed class InterceptorCredentials(IReadOnlyList<AsyncAuthInterceptor> interceptors) : CallCredentials
    {
        internal override IReadOnlyList<AsyncAuthInterceptor> Interceptors => interceptors;
    }
}
