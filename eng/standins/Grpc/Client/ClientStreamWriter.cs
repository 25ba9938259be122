using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Writes requests into the body of the HTTP request; a write completes when HTTP/2's flow control has let it through.</summary>
internal sealed class ClientStreamWriter<TRequest>(IClientCall call, RequestStreamContent content, Marshaller<TRequest> marshaller) : IClientStreamWriter<TRequest>
    where TRequest : class
{
    private readonly Lock _gate = new();
    private Task _pending = Task.CompletedTask;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        call.ThrowIfDisposed();
        lock (_gate)
        {
            if (_completed)
            {
                return Refuse("Can't write the message because the client stream writer is complete.");
            }

            if (!_pending.IsCompleted)
            {
                return Refuse("Can't write the message because the previous write is in progress.");
            }

            if (call.End is { Status.StatusCode: StatusCode.OK })
            {
                return Refuse("Can't write the message because the call is complete.");
            }

            return _pending = WriteCoreAsync(message, cancellationToken);
        }
    }

    public Task CompleteAsync()
    {
        lock (_gate)
        {
            if (_completed)
            {
                return Refuse("Can't complete the client stream writer because it is complete.");
            }

            if (!_pending.IsCompleted)
            {
                return Refuse("Can't complete the client stream writer because the previous write is in progress.");
            }

            _completed = true;
        }

        content.Complete();
        return Task.CompletedTask;
    }

    private static Task Refuse(string reason) => Task.FromException(new InvalidOperationException(reason));

    private async Task WriteCoreAsync(TRequest message, CancellationToken cancellationToken)
    {
        var options = WriteOptions;
        await using var registration = cancellationToken.UnsafeRegister(static c => ((IClientCall)c!).Cancel(), call).ConfigureAwait(false);
        try
        {
            call.Ended.ThrowIfCancellationRequested();
            using var outgoing = RequestMessage.Serialize(call, message, marshaller, options);
            var stream = await content.TakeStreamAsync(call.Ended).ConfigureAwait(false);
            await stream.WriteAsync(outgoing.Framed, call.Ended).ConfigureAwait(false);
            if (options is null || !options.Flags.HasFlag(WriteFlags.BufferHint))
            {
                await stream.FlushAsync(call.Ended).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            throw await call.FailWriteAsync(e).ConfigureAwait(false);
        }
    }
}
