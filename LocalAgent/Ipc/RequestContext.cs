using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using W0rktree.Core;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Gives a handler what it needs of its request: where the user stands, and the ways to report and to stream.</summary>
internal sealed class RequestContext(RequestFrame frame, CopyBook copies, ReplyWriter replies, TimeProvider time)
{
    /// <summary>Gets the directory the user stands in.</summary>
    public string? Cwd => frame.Cwd;

    /// <summary>Gets where to report progress; never waits.</summary>
    public IProgress<ProgressInfo> Progress { get; } = new Reporter(frame.Id, replies, time);

    /// <summary>Finds the working copy around the user and waits until its first scan is done.</summary>
    public async ValueTask<Result<AgentPipeline>> CopyAsync(CancellationToken cancellationToken)
    {
        var found = await CopyInAnyStateAsync(cancellationToken);
        if (found.IsOk)
        {
            await found.Value.Copy.Ready.Task.WaitAsync(cancellationToken);
        }

        return found;
    }

    /// <summary>Finds the working copy for somebody who looks after its store: also where its start failed, as one does on a damaged store.</summary>
    public async ValueTask<Result<AgentPipeline>> CopyInAnyStateAsync(CancellationToken cancellationToken)
    {
        var found = await copies.FindAsync(Cwd, cancellationToken);
        if (found.IsOk && !found.Value.Copy.Ready.Task.IsCompleted)
        {
            await WaitReadyAsync(found.Value, cancellationToken);
        }

        return found;
    }

    /// <summary>Streams one item.</summary>
    public ValueTask SendAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        replies.WriteAsync(new ReplyFrame { Id = frame.Id, Event = JsonSerializer.SerializeToElement(item, type) }, cancellationToken);

    /// <summary>Waits until a copy's start is over, however it ended, and tells the client of it meanwhile.</summary>
    public async Task WaitReadyAsync(AgentPipeline pipeline, CancellationToken cancellationToken)
    {
        var ready = pipeline.Copy.Ready.Task;
        while (!ready.IsCompleted)
        {
            await Task.WhenAny(ready, Task.Delay(TimeSpan.FromSeconds(1), pipeline.Copy.Time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            Progress.Report(new ProgressInfo("scanning", pipeline.Copy.Scanner.DirectoriesScanned, null, "directories"));
        }
    }

    /// <summary>
    /// Sends nothing of a request that is over at once, then at most some reports a second, and none while one is on its way: a client that
    /// is told of progress is one that gets ready to show it.
    /// </summary>
    private sealed class Reporter(long id, ReplyWriter replies, TimeProvider time) : IProgress<ProgressInfo>
    {
        private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(200);
        private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

        private readonly long _began = time.GetTimestamp();
        private long _sent;
        private int _sending;

        public void Report(ProgressInfo value)
        {
            if (time.GetElapsedTime(_began) < s_first || (_sent != 0 && time.GetElapsedTime(_sent) < s_pause) || Interlocked.Exchange(ref _sending, 1) != 0)
            {
                return;
            }

            _sent = time.GetTimestamp();
            _ = SendAsync(value);
        }

        private async Task SendAsync(ProgressInfo value)
        {
            try
            {
                await replies.WriteAsync(new ReplyFrame { Id = id, Progress = value }, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The client is gone; its request is being cancelled.
            }
            finally
            {
                Interlocked.Exchange(ref _sending, 0);
            }
        }
    }
}
