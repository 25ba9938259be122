using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// One call being served. It ends once: when the handler is done, or when the deadline passes before; the response
/// belongs to whoever holds <see cref="_output" />.
/// </summary>
internal sealed partial class ServerCall : ServerCallContext, IServerCallContextFeature, IAsyncDisposable
{
    // HTTP/2 error codes.
    private const int InternalError = 0x2;
    private const int Cancel = 0x8;

    private readonly IMethod _method;
    private readonly MethodOptions _options;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _output = new(1, 1);
    private RequestMessages _requests = null!;
    private ICompressionProvider? _responseCompression;
    private int _ended;

    public ServerCall(HttpContext context, IMethod method, MethodOptions options, ILogger logger)
    {
        HttpContext = context;
        _method = method;
        _options = options;
        _logger = logger;
        _stopping = context.RequestAborted;
    }

    public HttpContext HttpContext { get; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    ServerCallContext IServerCallContextFeature.ServerCallContext => this;

    /// <summary>Reads the request's headers and prepares the response's.</summary>
    public void Start()
    {
        HttpContext.Features.Set<IServerCallContextFeature>(this);
        var response = HttpContext.Response;
        response.ContentType = Names.ContentType;
        response.Headers[Names.AcceptEncoding] = _options.Compression.AcceptEncoding;
        StartDeadline();
        var encoding = HttpContext.Request.Headers[Names.Encoding].ToString();
        _requests = new RequestMessages(
            HttpContext.Request.BodyReader, new IncomingEncoding(_options.Compression, encoding.Length == 0 ? null : encoding), _options.MaxReceiveMessageSize);
        CompressWith(_options.ResponseEncoding);
    }

    public async Task<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == CancellationToken)
        {
            return await _requests.ReadAsync(marshaller.ContextualDeserializer, CancellationToken);
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CancellationToken);
        return await _requests.ReadAsync(marshaller.ContextualDeserializer, both.Token);
    }

    public async Task<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        var message = await ReadAsync(marshaller, CancellationToken.None) ?? throw WireFaults.Incomplete();
        return await ReadAsync(marshaller, CancellationToken.None) is null ? message : throw WireFaults.AdditionalData();
    }

    public async Task WriteAsync<T>(T message, Marshaller<T> marshaller, bool isLast, CancellationToken cancellationToken)
    {
        await _output.WaitAsync(cancellationToken);
        try
        {
            if (HasEnded)
            {
                throw new InvalidOperationException("Can't write the message because the request is complete.");
            }

            // After an abort the transport drops what it is given: the handler is to hear of it.
            HttpContext.RequestAborted.ThrowIfCancellationRequested();
            if (!HttpContext.Response.HasStarted)
            {
                await HttpContext.Response.StartAsync(CancellationToken.None);
            }

            await SerializeAsync(message, marshaller);

            // The last message leaves together with the trailers.
            if (!isLast && !Has(WriteFlags.BufferHint))
            {
                await HttpContext.Response.BodyWriter.FlushAsync(cancellationToken);
                HttpContext.RequestAborted.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            _output.Release();
        }
    }

    public async Task CompleteAsync()
    {
        await _output.WaitAsync();
        try
        {
            if (TryEnd())
            {
                ResponseEnd.Write(HttpContext.Response, Status, ResponseTrailers);
            }
        }
        finally
        {
            _output.Release();
        }
    }

    /// <summary>Ends the call by what a handler, an interceptor or the wire threw.</summary>
    public async Task FailAsync(Exception cause)
    {
        if (cause is RpcException rpc)
        {
            Log.Failed(_logger, LogLevel.Information, _method.FullName, rpc.Status.ToString(), rpc);
            Status = rpc.Status;
            foreach (var entry in rpc.Trailers)
            {
                ResponseTrailers.Add(entry);
            }
        }
        else
        {
            var isGone = HttpContext.RequestAborted.IsCancellationRequested || HasEnded;
            Log.Failed(_logger, isGone ? LogLevel.Debug : LogLevel.Error, _method.FullName, cause.Message, cause);
            var detail = _options.EnableDetailedErrors ? $"Exception was thrown by handler. {Describe(cause)}" : "Exception was thrown by handler.";
            Status = new Status(StatusCode.Unknown, detail, cause);
        }

        await CompleteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopDeadlineAsync();
        _output.Dispose();
    }

    private static string Describe(Exception cause) => cause.InnerException is null
        ? $"{cause.GetType().Name}: {cause.Message}"
        : $"{cause.GetType().Name}: {cause.Message} {Describe(cause.InnerException)}";

    private async ValueTask SerializeAsync<T>(T message, Marshaller<T> marshaller)
    {
        if (_responseCompression is not null && !Has(WriteFlags.NoCompress))
        {
            using var outgoing = OutgoingMessage.Serialize(
                message, marshaller.ContextualSerializer, _options.MaxSendMessageSize, _responseCompression, _options.ResponseLevel);
            await HttpContext.Response.BodyWriter.WriteAsync(outgoing.Framed);
            return;
        }

        var target = new PipeMessage(HttpContext.Response.BodyWriter, _options.MaxSendMessageSize);
        try
        {
            PipeMessage.Write(message, marshaller.ContextualSerializer, target);
        }
        catch when (target.IsTorn)
        {
            // Half a message is on its way; only a reset keeps the client from taking the trailers for the rest of it.
            HttpContext.Features.Get<IHttpResetFeature>()?.Reset(InternalError);
            throw;
        }
    }

    private bool Has(WriteFlags flag) => WriteOptions is { } options && options.Flags.HasFlag(flag);

    private bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    private void CompressWith(string? encoding)
    {
        var accepted = HttpContext.Request.Headers[Names.AcceptEncoding].ToString().Split(',', StringSplitOptions.TrimEntries);
        _responseCompression = encoding is not null && accepted.Contains(encoding, StringComparer.Ordinal) ? _options.Compression.Find(encoding) : null;
        HttpContext.Response.Headers[Names.Encoding] = _responseCompression?.EncodingName;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "gRPC call {Method} failed: {Reason}")]
        public static partial void Failed(ILogger logger, LogLevel level, string method, string reason, Exception exception);
    }
}
