using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Configures gRPC further.</summary>
public interface IGrpcServerBuilder
{
    /// <summary>Gets the application's services.</summary>
    IServiceCollection Services { get; }
}
