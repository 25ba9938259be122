using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Net.Client;

/// <summary>The options of a channel, read once when it is created.</summary>
public sealed class GrpcChannelOptions
{
    // The limit of every gRPC implementation for received messages unless configured.
    private const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>Creates options: 4 MiB per received message, no limit for sent ones, a handler of the channel's own.</summary>
    public GrpcChannelOptions()
    {
    }

    /// <summary>Gets or sets the demand for or against TLS, and the credentials of every call.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Gets or sets the largest message to send, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Gets or sets the largest message to receive, in bytes and decompressed; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = DefaultMaxReceiveMessageSize;

    /// <summary>Gets or sets the compressions; null for gzip and deflate.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    /// <summary>Gets or sets the client to send requests with; excludes <see cref="HttpHandler" />.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Gets or sets the handler to send requests with; excludes <see cref="HttpClient" />.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Gets or sets a value indicating whether the channel disposes the client or handler it was given.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether calls that the client cancelled, or whose deadline passed, throw
    /// <see cref="OperationCanceledException" /> rather than <see cref="RpcException" />.
    /// </summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Gets or sets a value indicating whether call credentials may go over connections without TLS.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>Gets or sets the version of HTTP; null for 2.</summary>
    public Version? HttpVersion { get; set; }

    /// <summary>Gets or sets how strictly the version is meant; null for exactly.</summary>
    public HttpVersionPolicy? HttpVersionPolicy { get; set; }
}
