namespace Grpc.Core;

/// <summary>Is told of every method of a service; generated code calls it with null handlers to describe the service alone.</summary>
public class ServiceBinderBase
{
    /// <summary>Takes a method with one request and one response.</summary>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Takes a method with a stream of requests and one response.</summary>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Takes a method with one request and a stream of responses.</summary>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Takes a method with two streams.</summary>
    public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();
}

/// <summary>Names the static method that describes a generated service to a binder.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public class BindServiceMethodAttribute : Attribute
{
    /// <summary>Names the method.</summary>
    public BindServiceMethodAttribute(Type bindType, string bindMethodName)
    {
        ArgumentNullException.ThrowIfNull(bindType);
        ArgumentNullException.ThrowIfNull(bindMethodName);
        BindType = bindType;
        BindMethodName = bindMethodName;
    }

    /// <summary>Gets the type that has the method.</summary>
    public Type BindType { get; }

    /// <summary>Gets the method's name.</summary>
    public string BindMethodName { get; }
}
