using System.IO.Compression;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The options of a service's methods, merged when it is mapped.</summary>
internal sealed record MethodOptions(
    int? MaxSendMessageSize,
    int? MaxReceiveMessageSize,
    bool EnableDetailedErrors,
    MessageCompression Compression,
    string? ResponseEncoding,
    CompressionLevel? ResponseLevel,
    IReadOnlyList<InterceptorRegistration> Interceptors)
{
    public static MethodOptions Merge(GrpcServiceOptions all, GrpcServiceOptions one)
    {
        var compression = new MessageCompression(one.ConfiguredProviders ?? all.ConfiguredProviders);
        var encoding = one.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;

        // An unknown name is a mistake of configuration, to be told at start and not at the first call.
        _ = compression.Find(encoding);
        return new MethodOptions(
            one.HasMaxSend ? one.MaxSendMessageSize : all.MaxSendMessageSize,
            one.HasMaxReceive ? one.MaxReceiveMessageSize : all.MaxReceiveMessageSize,
            one.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false,
            compression,
            encoding,
            one.ResponseCompressionLevel ?? all.ResponseCompressionLevel,
            [.. all.Interceptors, .. one.Interceptors]);
    }
}
