using System.Net;

namespace Grpc.Net.Client;

/// <summary>
/// The body of a call with a stream of requests: hands the transport's stream to the writer and waits for its end.
/// The transport may start anew on another connection as long as the writer has not taken the stream.
/// </summary>
internal sealed class RequestStreamContent : HttpContent
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isTaken;

    /// <summary>Returns the stream to write to as soon as the transport wants the body.</summary>
    public async Task<Stream> TakeStreamAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<Stream> offered;
            lock (_gate)
            {
                offered = _stream.Task;
                if (offered.IsCompleted)
                {
                    _isTaken = true;
                    break;
                }
            }

            await offered.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return await _stream.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the body.</summary>
    public void Complete() => _complete.TrySetResult();

    /// <summary>Gives the body up where it has not ended, which resets the HTTP/2 stream.</summary>
    public void Abandon() => _complete.TrySetCanceled();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Headers wait for the first data otherwise, and a server that speaks first would never hear of the call.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        Offer(stream);
        await _complete.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private void Offer(Stream stream)
    {
        lock (_gate)
        {
            if (_isTaken)
            {
                throw new IOException("The connection was lost, and a stream of requests that has begun cannot be sent again.");
            }

            if (_stream.Task.IsCompleted)
            {
                _stream = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _stream.SetResult(stream);
        }
    }
}
