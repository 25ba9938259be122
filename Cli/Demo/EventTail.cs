using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace W0rktree.Cli.Demo;

/// <summary>Reads a running <c>wt staged watch --json</c> and notes when each line came.</summary>
internal sealed class EventTail : IAsyncDisposable
{
    private readonly Process _process;

    // A demo sees a few dozen events; the bound only says that nothing here can grow without end.
    private readonly Channel<SeenEvent> _events = Channel.CreateBounded<SeenEvent>(10_000);

    private EventTail(Process process) => _process = process;

    /// <summary>Starts the command and returns once it says that it is subscribed.</summary>
    public static EventTail Start(ProcessStartInfo start)
    {
        var tail = new EventTail(Process.Start(start) ?? throw new DemoException("'wt staged watch' could not be started."));
        tail._process.StandardInput.Close();
        _ = tail.ReadAsync();
        return tail;
    }

    /// <summary>Waits for the next event that fits; others are passed over.</summary>
    public async Task<SeenEvent> NextAsync(Func<JsonElement, bool> fits, string what, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            while (true)
            {
                var seen = await _events.Reader.ReadAsync(limit.Token);
                if (fits(seen.Body))
                {
                    return seen;
                }
            }
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DemoException($"Within a minute no event came that says: {what}.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = TimeProvider.System.GetUtcNow();
            using var json = JsonDocument.Parse(line);
            await _events.Writer.WriteAsync(new SeenEvent(json.RootElement.Clone(), at));
        }

        _events.Writer.Complete();
    }
}

/// <summary>An event and when it was seen.</summary>
internal sealed record SeenEvent(JsonElement Body, DateTimeOffset At);
