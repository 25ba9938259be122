using System.Collections.Concurrent;
using System.Text.Json;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Writes the frames of one connection, one at a time, and knows when each request last said something. Thread-safe.</summary>
internal sealed class ReplyWriter(Stream stream, TimeProvider time, TimeSpan limit) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<long, long> _lastWords = new();

    /// <summary>Begins to watch a request's silence.</summary>
    public void Begin(long id) => _lastWords[id] = time.GetTimestamp();

    /// <summary>Ends watching it.</summary>
    public void End(long id) => _lastWords.TryRemove(id, out _);

    /// <summary>Gives for how long a request has been silent.</summary>
    public TimeSpan SilenceOf(long id) => _lastWords.TryGetValue(id, out var at) ? time.GetElapsedTime(at) : TimeSpan.Zero;

    /// <summary>Writes a frame. A client that does not take it in time loses the connection.</summary>
    public async ValueTask WriteAsync(ReplyFrame frame, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(frame, EnvelopeJson.Default.ReplyFrame);
        if (bytes.Length > Framing.MaxFrameBytes)
        {
            var error = new ErrorInfo(ErrorCodes.TooLarge, $"The answer has {bytes.Length:N0} bytes; a frame holds {Framing.MaxFrameBytes:N0}.", "Ask for less at once.");
            bytes = JsonSerializer.SerializeToUtf8Bytes(new ReplyFrame { Id = frame.Id, Error = error }, EnvelopeJson.Default.ReplyFrame);
        }

        await _writing.WaitAsync(cancellationToken);
        try
        {
            using var late = new CancellationTokenSource(limit, time);
            await Framing.WriteAsync(stream, bytes, late.Token);
            if (_lastWords.ContainsKey(frame.Id))
            {
                _lastWords[frame.Id] = time.GetTimestamp();
            }
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("The client does not take its answers.", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();
}
