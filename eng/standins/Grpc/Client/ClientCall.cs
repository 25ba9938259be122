using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// One call. Whatever happens first ends it: the status from the server, a failure of the transport, the deadline,
/// cancellation, or disposal; everything after that meets the same <see cref="CallEnd" />.
/// </summary>
internal sealed class ClientCall<TResponse> : IClientCall
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly IMethod _method;
    private readonly Marshaller<TResponse> _marshaller;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<CallEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private DeadlineTimer? _deadline;
    private HttpContent? _content;
    private Task<HttpResponseMessage> _response = null!;
    private HttpResponseMessage? _received;
    private MessageReader? _reader;
    private bool _hasMessage;
    private volatile bool _disposed;

    public ClientCall(GrpcChannel channel, IMethod method, Marshaller<TResponse> marshaller, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _marshaller = marshaller;
        Options = options;
        Ended = _ended.Token;
    }

    public CallOptions Options { get; }

    public CancellationToken Ended { get; }

    public int? MaxSendMessageSize => _channel.MaxSendMessageSize;

    public ICompressionProvider? RequestCompression { get; private set; }

    public CallEnd? End => _end.Task.IsCompletedSuccessfully ? _end.Task.Result : null;

    public Task<Metadata> ResponseHeadersAsync => field ??= ReadHeadersAsync();

    public void Start(HttpContent content)
    {
        DeadlineTimer.Check(Options.Deadline);
        var credentials = RequestHeaders.Credentials(_channel, Options);
        RequestCompression = _channel.Compression.Find(Options.Headers?.GetValue(Names.CompressionRequest));
        _content = content;
        _channel.Register(this);
        var request = RequestHeaders.Create(_channel, _method, Options, content);
        _response = SendAsync(request, credentials);
        Observe(_response);
    }

    /// <summary>Reads the only response of a call that has one.</summary>
    public Task<TResponse> ReadSingleAsync()
    {
        var response = ReadAsync();
        Observe(response);
        return response;

        async Task<TResponse> ReadAsync()
        {
            var message = await ReadNextAsync(CancellationToken.None).ConfigureAwait(false);
            return await ReadNextAsync(CancellationToken.None).ConfigureAwait(false) is null ? message! : throw Fail(WireFaults.AdditionalData());
        }
    }

    /// <summary>Reads the next response; null after the last one of a call that ended with OK, else throws.</summary>
    public async Task<TResponse?> ReadNextAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static call => ((IClientCall)call!).Cancel(), this).ConfigureAwait(false);
        try
        {
            var response = await _response.ConfigureAwait(false);
            if (End is null)
            {
                _reader ??= await OpenAsync(response).ConfigureAwait(false);
                if (await _reader.ReadAsync(_marshaller.ContextualDeserializer, Ended).ConfigureAwait(false) is { } message)
                {
                    _hasMessage = true;
                    return message;
                }

                TryEnd(Checked(ResponseStatus.OfTrailers(response)));
            }
        }
        catch (Exception e)
        {
            throw Fail(e);
        }

        var end = await _end.Task.ConfigureAwait(false);
        return end.Status.StatusCode == StatusCode.OK ? null : throw Failure(end);
    }

    public Status GetStatus() => End?.Status ?? throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers() =>
        End?.Trailers ?? throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");

    public void Cancel() => TryEnd(new CallEnd(new Status(StatusCode.Cancelled, "Call canceled by the client."), Metadata.Empty));

    public void Dispose()
    {
        _disposed = true;
        TryEnd(new CallEnd(new Status(StatusCode.Cancelled, "gRPC call disposed."), Metadata.Empty));
    }

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    public Exception Fail(Exception cause)
    {
        TryEnd(new CallEnd(Adjusted(TransportFailure.StatusOf(cause)), Metadata.Empty));
        return Failure(_end.Task.Result);
    }

    public async Task<Exception> FailWriteAsync(Exception cause)
    {
        // A server may end a call without reading all requests. What it said comes by the response, not by the failed write.
        if (cause is not RpcException && _method.Type == MethodType.ClientStreaming)
        {
            await Task.WhenAny(_response, _end.Task).ConfigureAwait(false);
            return Failure(await _end.Task.ConfigureAwait(false));
        }

        if (cause is not RpcException && End is null && _response.IsCompletedSuccessfully)
        {
            return new RpcException(TransportFailure.StatusOf(cause, "The server takes no more requests; read the responses for the status of the call."));
        }

        return Fail(cause);
    }

    private static void Observe(Task task) =>
        _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, IReadOnlyList<AsyncAuthInterceptor> credentials)
    {
        try
        {
            _deadline = DeadlineTimer.Start(Options.Deadline, PassDeadline);
            _cancellation = Options.CancellationToken.UnsafeRegister(static call => ((IClientCall)call!).Cancel(), this);
            Ended.ThrowIfCancellationRequested();
            await RequestHeaders.AddCredentialsAsync(request, credentials, _channel.Address, _method, Ended).ConfigureAwait(false);
            var response = await _channel.SendAsync(request, Ended).ConfigureAwait(false);
            _received = response;
            if (ResponseStatus.OfHeaders(response, _channel.HttpVersion) is { } end)
            {
                TryEnd(Checked(end));
            }
            else if (Ended.IsCancellationRequested)
            {
                // The call ended while the response was on its way, and nobody was there to close it.
                response.Dispose();
            }

            return response;
        }
        catch (Exception e)
        {
            throw Fail(e);
        }
        finally
        {
            if (Ended.IsCancellationRequested)
            {
                Release();
            }
        }
    }

    private async Task<Metadata> ReadHeadersAsync() => ResponseStatus.Headers(await _response.ConfigureAwait(false));

    private async Task<MessageReader> OpenAsync(HttpResponseMessage response) => new(
        await response.Content.ReadAsStreamAsync(Ended).ConfigureAwait(false), new IncomingEncoding(_channel.Compression, ResponseStatus.Encoding(response)), _channel.MaxReceiveMessageSize);

    private void PassDeadline() => TryEnd(new CallEnd(new Status(StatusCode.DeadlineExceeded, ""), Metadata.Empty));

    /// <summary>Says DEADLINE_EXCEEDED where the server's reset for the same deadline outran the timer here.</summary>
    private Status Adjusted(Status status) =>
        status.StatusCode == StatusCode.Cancelled && Options.Deadline is { } deadline && deadline <= DateTime.UtcNow
            ? new Status(StatusCode.DeadlineExceeded, status.Detail, status.DebugException)
            : status;

    /// <summary>Refuses an OK without the message that the method's kind demands.</summary>
    private CallEnd Checked(CallEnd end) =>
        end.Status.StatusCode == StatusCode.OK && !_hasMessage && _method.Type is (MethodType.Unary or MethodType.ClientStreaming)
            ? end with { Status = new Status(StatusCode.Internal, "Failed to deserialize response message.") }
            : end;

    private Exception Failure(CallEnd end)
    {
        if (end.Status.StatusCode == StatusCode.OK)
        {
            return new InvalidOperationException("Can't write the message because the call is complete.");
        }

        var isCancellation = end.Status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded;
        if (!isCancellation || !_channel.ThrowOperationCanceledOnCancellation)
        {
            return new RpcException(end.Status, end.Trailers);
        }

        var token = Options.CancellationToken.IsCancellationRequested ? Options.CancellationToken : CancellationToken.None;
        return new OperationCanceledException(end.Status.Detail, new RpcException(end.Status, end.Trailers), token);
    }

    private void TryEnd(CallEnd end)
    {
        if (!_end.TrySetResult(end))
        {
            return;
        }

        _channel.Unregister(this);
        (_content as RequestStreamContent)?.Abandon();
        _ended.Cancel();
        _received?.Dispose();
        Release();
    }

    private void Release()
    {
        _deadline?.Dispose();
        _cancellation.Unregister();
    }
}
