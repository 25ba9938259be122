using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Reads responses from the body of the HTTP response; what is not read stays within HTTP/2's flow-control window.</summary>
internal sealed class ClientStreamReader<TResponse>(ClientCall<TResponse> call) : IAsyncStreamReader<TResponse>
    where TResponse : class
{
    private readonly Lock _gate = new();
    private Task<bool> _pending = Task.FromResult(true);

    public TResponse Current { get; private set; } = null!;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        call.ThrowIfDisposed();
        lock (_gate)
        {
            return _pending.IsCompleted
                ? _pending = MoveNextCoreAsync(cancellationToken)
                : Task.FromException<bool>(new InvalidOperationException("Can't read the next message because the previous read is still in progress."));
        }
    }

    private async Task<bool> MoveNextCoreAsync(CancellationToken cancellationToken)
    {
        Current = null!;
        if (await call.ReadNextAsync(cancellationToken).ConfigureAwait(false) is not { } message)
        {
            return false;
        }

        Current = message;
        return true;
    }
}
