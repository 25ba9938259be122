namespace Grpc.Core;

/// <summary>What a handler may know of, and set on, the call that it serves.</summary>
public abstract class ServerCallContext
{
    private Dictionary<object, object>? _userState;

    /// <summary>Creates a context.</summary>
    protected ServerCallContext()
    {
    }

    /// <summary>Gets the full name of the method: /service/name.</summary>
    public string Method => MethodCore;

    /// <summary>Gets the host that the client asked for.</summary>
    public string Host => HostCore;

    /// <summary>Gets the client's address, such as ipv4:127.0.0.1:5000.</summary>
    public string Peer => PeerCore;

    /// <summary>Gets the deadline in UTC; <see cref="DateTime.MaxValue" /> where there is none.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>Gets the request headers.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Gets the token that is cancelled when the client cancels or leaves, or the deadline passes.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Gets the trailers, which are sent after the last message.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>Gets or sets the status that is sent when the handler returns.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>Gets or sets the options of the writes that follow.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Gets who the peer is as far as the transport authenticated it.</summary>
    public AuthContext AuthContext => AuthContextCore;

    /// <summary>Gets a place for interceptors and handlers of one call to share values.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <inheritdoc cref="Method" />
    protected abstract string MethodCore { get; }

    /// <inheritdoc cref="Host" />
    protected abstract string HostCore { get; }

    /// <inheritdoc cref="Peer" />
    protected abstract string PeerCore { get; }

    /// <inheritdoc cref="Deadline" />
    protected abstract DateTime DeadlineCore { get; }

    /// <inheritdoc cref="RequestHeaders" />
    protected abstract Metadata RequestHeadersCore { get; }

    /// <inheritdoc cref="CancellationToken" />
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <inheritdoc cref="ResponseTrailers" />
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <inheritdoc cref="Status" />
    protected abstract Status StatusCore { get; set; }

    /// <inheritdoc cref="WriteOptions" />
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <inheritdoc cref="AuthContext" />
    protected abstract AuthContext AuthContextCore { get; }

    /// <inheritdoc cref="UserState" />
    protected virtual IDictionary<object, object> UserStateCore => _userState ??= [];

    /// <summary>Sends the response headers now rather than with the first message; at most once.</summary>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>Creates a token that ties further calls to this one, where the transport can.</summary>
    public ContextPropagationToken CreatePropagationToken(ContextPropagationOptions? options = null) => CreatePropagationTokenCore(options);

    /// <inheritdoc cref="WriteResponseHeadersAsync" />
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);

    /// <inheritdoc cref="CreatePropagationToken" />
    protected abstract ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options);
}
