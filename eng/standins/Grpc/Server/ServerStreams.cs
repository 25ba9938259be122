using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Reads requests for a handler, one read at a time.</summary>
internal sealed class ServerStreamReader<TRequest>(ServerCall call, Marshaller<TRequest> marshaller) : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private readonly Lock _gate = new();
    private Task<bool> _pending = Task.FromResult(true);

    public TRequest Current { get; private set; } = null!;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (call.HasEnded)
            {
                return Refuse("Can't read messages after the request is complete.");
            }

            return _pending.IsCompleted
                ? _pending = MoveNextCoreAsync(cancellationToken)
                : Refuse("Can't read the next message because the previous read is still in progress.");
        }
    }

    private static Task<bool> Refuse(string reason) => Task.FromException<bool>(new InvalidOperationException(reason));

    private async Task<bool> MoveNextCoreAsync(CancellationToken cancellationToken)
    {
        Current = null!;
        if (await call.ReadAsync(marshaller, cancellationToken) is not { } message)
        {
            return false;
        }

        Current = message;
        return true;
    }
}

/// <summary>Writes a handler's responses, one write at a time; a write completes when the transport took the message.</summary>
internal sealed class ServerStreamWriter<TResponse>(ServerCall call, Marshaller<TResponse> marshaller) : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private readonly Lock _gate = new();
    private Task _pending = Task.CompletedTask;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        if (message is null)
        {
            return Task.FromException(new ArgumentNullException(nameof(message)));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        lock (_gate)
        {
            if (call.HasEnded)
            {
                return Refuse("Can't write the message because the request is complete.");
            }

            return _pending.IsCompleted
                ? _pending = call.WriteAsync(message, marshaller, isLast: false, cancellationToken)
                : Refuse("Can't write the message because the previous write is in progress.");
        }
    }

    private static Task Refuse(string reason) => Task.FromException(new InvalidOperationException(reason));
}
