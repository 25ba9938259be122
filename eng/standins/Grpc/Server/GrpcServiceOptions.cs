using System.IO.Compression;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The options of all services, or of one.</summary>
public class GrpcServiceOptions
{
    // The limit of every gRPC implementation for received messages unless configured.
    internal const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>Gets or sets the largest message to send, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize
    {
        get;
        set
        {
            field = value;
            HasMaxSend = true;
        }
    }

    /// <summary>Gets or sets the largest message to receive, in bytes and decompressed; null for no limit, 4 MiB unless set.</summary>
    public int? MaxReceiveMessageSize
    {
        get => HasMaxReceive ? field : DefaultMaxReceiveMessageSize;
        set
        {
            field = value;
            HasMaxReceive = true;
        }
    }

    /// <summary>Gets or sets whether clients are told of the exceptions of handlers.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Gets or sets the encoding of responses for clients that accept it; null for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>Gets or sets the level of compression; null for the provider's own.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Gets or sets the compressions; gzip and deflate unless set.</summary>
    public IList<ICompressionProvider> CompressionProviders
    {
        get => ConfiguredProviders ??= MessageCompression.Defaults();
        set => ConfiguredProviders = value;
    }

    /// <summary>Gets or sets whether calls to unknown services are left to the rest of the application.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>Gets the interceptors, outermost first.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    internal bool HasMaxSend { get; private set; }

    internal bool HasMaxReceive { get; private set; }

    internal IList<ICompressionProvider>? ConfiguredProviders { get; private set; }
}

/// <summary>The options of one service; what is not set comes from those of all services.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class
{
}
