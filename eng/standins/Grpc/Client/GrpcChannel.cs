using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A way to one server over HTTP/2, shared by any number of calls and threads.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<IClientCall> _calls = [];
    private readonly HttpMessageInvoker _http;
    private readonly bool _ownsHttp;
    private bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        if (options is { HttpClient: not null, HttpHandler: not null })
        {
            throw new ArgumentException(
                $"{nameof(GrpcChannelOptions.HttpClient)} and {nameof(GrpcChannelOptions.HttpHandler)} have been configured. Only one HTTP caller can be specified.");
        }

        Address = address;
        Compression = new MessageCompression(options.CompressionProviders);
        MaxSendMessageSize = options.MaxSendMessageSize;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        ThrowOperationCanceledOnCancellation = options.ThrowOperationCanceledOnCancellation;
        HttpVersion = options.HttpVersion ?? System.Net.HttpVersion.Version20;
        HttpVersionPolicy = options.HttpVersionPolicy ?? System.Net.Http.HttpVersionPolicy.RequestVersionExact;
        CallCredentials = options.Credentials?.CallCredentials;
        MaySendCallCredentials = address.Scheme == Uri.UriSchemeHttps || options.UnsafeUseInsecureChannelCallCredentials;
        CheckScheme(address, options.Credentials);

        _ownsHttp = options.DisposeHttpClient || options is { HttpClient: null, HttpHandler: null };
        _http = options.HttpClient ?? new HttpMessageInvoker(options.HttpHandler ?? CreateHandler(), disposeHandler: _ownsHttp);
    }

    internal Uri Address { get; }

    internal MessageCompression Compression { get; }

    internal int? MaxSendMessageSize { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal bool ThrowOperationCanceledOnCancellation { get; }

    internal Version HttpVersion { get; }

    internal HttpVersionPolicy HttpVersionPolicy { get; }

    internal CallCredentials? CallCredentials { get; }

    internal bool MaySendCallCredentials { get; }

    /// <summary>Creates a channel to an http (HTTP/2 by prior knowledge) or https address. Connects with the first call.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Creates a channel to an address, with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>Creates a channel to an http (HTTP/2 by prior knowledge) or https address. Connects with the first call.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Creates a channel to an address, with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc />
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels the calls that still run and closes the connections that the channel owns.</summary>
    public void Dispose()
    {
        IClientCall[] running;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            running = [.. _calls];
        }

        foreach (var call in running)
        {
            call.Dispose();
        }

        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    internal void Register(IClientCall call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _calls.Add(call);
        }
    }

    internal void Unregister(IClientCall call)
    {
        lock (_gate)
        {
            _calls.Remove(call);
        }
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _http is HttpClient client
        ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
        : _http.SendAsync(request, cancellationToken);

    private static SocketsHttpHandler CreateHandler() => new()
    {
        // A server allows about a hundred streams per connection; more calls than that need another connection.
        EnableMultipleHttp2Connections = true,
    };

    private static void CheckScheme(Uri address, ChannelCredentials? credentials)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new InvalidOperationException(
                $"No address resolver configured for '{address}'. The stand-in takes http and https addresses; resolvers need the real Grpc.Net.Client.");
        }

        if (credentials?.IsSecure is { } secure && secure != (address.Scheme == Uri.UriSchemeHttps))
        {
            throw new InvalidOperationException($"Channel is configured with {(secure ? "secure" : "insecure")} channel credentials and can't use the address '{address}'.");
        }
    }
}
