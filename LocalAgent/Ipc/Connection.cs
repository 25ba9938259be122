using System.Collections.Concurrent;
using System.Text.Json;
using W0rktree.Core;
using W0rktree.Core.Objects;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;
using W0rktree.Storage.Journal;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>
/// Serves one client: reads its requests, runs them side by side, writes their frames. Whatever arrives that is no request
/// ends the connection and nothing else. The edge where errors take the protocol's shape.
/// </summary>
internal sealed class Connection(Stream stream, HandlerTable handlers, CopyBook copies, AgentLog log, TimeProvider time, TimeSpan limit) : IDisposable
{
    /// <summary>Requests of one client under way at once; a client that wants more waits for answers.</summary>
    private const int MaxRequests = 64;

    private static readonly TimeSpan s_silenceCheck = TimeSpan.FromSeconds(1);

    private readonly ReplyWriter _replies = new(stream, time, limit);
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _running = new();
    private bool _greeted;

    /// <summary>Serves until the client goes away or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new ConcurrentDictionary<Task, byte>();
        try
        {
            while (await ReadAsync(gone.Token) is { } frame)
            {
                if (frame.Cancel == true)
                {
                    Cancel(frame.Id);
                    continue;
                }

                var task = ServeAsync(frame, gone.Token);
                tasks[task] = 0;
                _ = task.ContinueWith(done => tasks.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or OperationCanceledException or ObjectDisposedException)
        {
            log.Debug($"a connection ended: {e.Message}");
        }

        await gone.CancelAsync();
        await Task.WhenAll(tasks.Keys);
    }

    /// <inheritdoc/>
    public void Dispose() => _replies.Dispose();

    private async Task<RequestFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        var timed = new FrameDeadline(stream, time, limit);
        var bytes = await timed.ReadAsync(mayWait: _greeted, cancellationToken);
        return bytes is null ? null : JsonSerializer.Deserialize(bytes, EnvelopeJson.Default.RequestFrame);
    }

    private void Cancel(long id)
    {
        if (_running.TryGetValue(id, out var running))
        {
            running.Cancel();
        }
    }

    private async Task ServeAsync(RequestFrame frame, CancellationToken gone)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(gone);
        if (_running.Count >= MaxRequests || !_running.TryAdd(frame.Id, cancel))
        {
            await ReplyAsync(frame.Id, new Error(ErrorCodes.InvalidArgument, "Too many requests at once, or an id that is in use."));
            return;
        }

        _replies.Begin(frame.Id);
        var silence = WatchSilenceAsync(frame.Id, cancel);
        try
        {
            var result = await HandleAsync(frame, cancel.Token);
            await (result.IsOk ? ReplyAsync(new ReplyFrame { Id = frame.Id, Result = result.Value }) : ReplyAsync(frame.Id, result.Error));
        }
        finally
        {
            _replies.End(frame.Id);
            _running.TryRemove(frame.Id, out _);
            await cancel.CancelAsync();
            await silence;
        }
    }

    private async Task<Result<JsonElement>> HandleAsync(RequestFrame frame, CancellationToken cancellationToken)
    {
        if (frame.Method == Methods.Hello)
        {
            _greeted = true;
        }
        else if (!_greeted)
        {
            return new Error(ErrorCodes.ProtocolMismatch, "The first request of a connection is 'hello'.");
        }

        if (frame.Method is null || handlers.Find(frame.Method) is not { } handle)
        {
            return new Error("unknown_method", $"This agent has no method '{frame.Method}'.", "Client and agent may be of different versions: 'wt worker restart'.");
        }

        try
        {
            return await handle(new RequestContext(frame, copies, _replies, time), frame.Params, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return _replies.SilenceOf(frame.Id) >= limit
                ? new Error(ErrorCodes.TimedOut, $"'{frame.Method}' said nothing for {limit.TotalSeconds:0} s and was given up.", "'wt worker status' shows what the agent is doing.")
                : new Error(ErrorCodes.Cancelled, "The request was cancelled.");
        }
        catch (Exception e)
        {
            log.Error($"{frame.Method}: {e}");
            return ToError(e);
        }
    }

    /// <summary>Puts what went wrong into the protocol's words. What has no words of its own is an internal error, and in the log.</summary>
    internal static Error ToError(Exception exception) => exception switch
    {
        CorruptObjectException e => new Error("corrupt_object", e.Message, "'wt doctor' reads everything and says what is damaged."),
        MissingObjectException e => new Error("missing_object", e.Message, "'wt doctor' reads everything and says what is missing."),
        MetaConflictException => new Error("busy", "Something else moved the branch at the same moment. Nothing was changed.", "Run the command again."),
        StorePoisonedException e => new Error("store_poisoned", e.Message, "'wt worker restart' opens the store again; check the disk."),
        IOException e when e.HResult == unchecked((int)0x80070070) || e.Message.Contains("errno 28", StringComparison.Ordinal) => new Error("disk_full", e.Message, "Free some space and run the command again."),
        UnauthorizedAccessException or IOException => new Error("io_error", exception.Message),
        _ => new Error(ErrorCodes.Internal, $"{exception.GetType().Name}: {exception.Message}", "'wt worker logs' has the particulars."),
    };

    private async Task WatchSilenceAsync(long id, CancellationTokenSource cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(s_silenceCheck, time, cancel.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (_replies.SilenceOf(id) >= limit)
            {
                await cancel.CancelAsync();
            }
        }
    }

    private ValueTask ReplyAsync(long id, Error error) =>
        ReplyAsync(new ReplyFrame { Id = id, Error = new ErrorInfo(error.Code, error.Message, error.Hint) });

    private async ValueTask ReplyAsync(ReplyFrame frame)
    {
        try
        {
            await _replies.WriteAsync(frame, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            log.Debug($"an answer found no client: {e.Message}");
        }
    }
}
