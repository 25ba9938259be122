using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The method behind an endpoint, among the endpoint's metadata.</summary>
public sealed class GrpcMethodMetadata
{
    /// <summary>Creates metadata.</summary>
    public GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        ArgumentNullException.ThrowIfNull(method);
        ServiceType = serviceType;
        Method = method;
    }

    /// <summary>Gets the type that implements the service.</summary>
    public Type ServiceType { get; }

    /// <summary>Gets the method.</summary>
    public IMethod Method { get; }
}

/// <summary>The feature of an HTTP request by which middleware finds the call.</summary>
public interface IServerCallContextFeature
{
    /// <summary>Gets the call.</summary>
    ServerCallContext ServerCallContext { get; }
}
