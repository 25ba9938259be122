using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Changes;

/// <summary>
/// Makes one event of each logical change: a path is passed on when nothing more came about it for a window. A cookie lets
/// everything through at once, because somebody waits for the truth behind it.
/// </summary>
/// <param name="input">Hints as they come.</param>
/// <param name="output">Debounced hints.</param>
/// <param name="time">The clock.</param>
/// <param name="window">How long a path must have been left alone.</param>
/// <param name="noted">Told of each hint.</param>
/// <param name="newcomer">Told of each path that is not held yet, while few hints wait: what is there can be gone when the hint is passed on.</param>
internal sealed class DebounceStage(
    ChannelReader<WatchEvent> input, ChannelWriter<WatchEvent> output, TimeProvider time, Func<TimeSpan> window, Action? noted = null, Action<WatchEvent>? newcomer = null) : IStage
{
    /// <summary>More paths than this at once say no more than "look everywhere"; it also bounds the memory.</summary>
    internal const int MaxHeldPaths = 50_000;

    /// <summary>Amid a burst of more than this nobody is told of newcomers: draining the queue goes first.</summary>
    private const int CalmHints = 256;

    /// <summary>A file that is written without a pause is passed on after this many windows all the same.</summary>
    internal const int MaxWindows = 25;

    private readonly Dictionary<TreePath, LinkedListNode<Held>> _held = [];
    private readonly LinkedList<Held> _byLastEvent = new();
    private Task<bool>? _more;
    private TaskCompletionSource _due = new();
    private ITimer? _timer;

    public string Name => "debouncer";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await WaitAsync(cancellationToken))
            {
                while (input.TryRead(out var item))
                {
                    await TakeAsync(item, cancellationToken);
                }

                await ReleaseDueAsync(cancellationToken);
            }

            await ReleaseAllAsync(cancellationToken);
        }
        finally
        {
            if (_timer is not null)
            {
                await _timer.DisposeAsync();
            }

            output.TryComplete();
        }
    }

    /// <summary>Waits for an event or for the oldest held path to become due. Gives false when the input ended.</summary>
    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        // One wait for input outlives any number of paths that become due meanwhile.
        _more ??= MoreAsync(cancellationToken);
        if (_byLastEvent.First is { } first && !_more.IsCompleted)
        {
            var wait = first.Value.Last + window() - time.GetUtcNow();
            if (wait <= TimeSpan.Zero)
            {
                return true;
            }

            // The stage goes on where the timer fires: nobody else waits for this.
            _due = new TaskCompletionSource();
            _timer ??= time.CreateTimer(_ => _due.TrySetResult(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
            if (await Task.WhenAny(_more, _due.Task) != _more)
            {
                return true;
            }
        }

        var more = _more;
        _more = null;
        return await more;
    }

    // ValueTask.AsTask would go on from a thread of the pool first, past the context that a simulation runs everything in.
    private async Task<bool> MoreAsync(CancellationToken cancellationToken) => await input.WaitToReadAsync(cancellationToken);

    private async ValueTask TakeAsync(WatchEvent item, CancellationToken cancellationToken)
    {
        switch (item.Kind)
        {
            case WatchEventKind.Cookie:
                await ReleaseAllAsync(cancellationToken);
                await output.WriteAsync(item, cancellationToken);
                break;
            case WatchEventKind.Rescan:
                Clear(); // The scan covers everything that was held.
                await output.WriteAsync(item, cancellationToken);
                break;
            default:
                noted?.Invoke();
                await HoldAsync(item, cancellationToken);
                break;
        }
    }

    private async ValueTask HoldAsync(WatchEvent item, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!_held.TryGetValue(item.Path, out var node))
        {
            if (_held.Count >= MaxHeldPaths)
            {
                Clear();
                await output.WriteAsync(WatchEvent.Rescan($"more than {MaxHeldPaths} paths changed at once"), cancellationToken);
                return;
            }

            if (newcomer is not null && input.Count <= CalmHints)
            {
                newcomer(item);
            }

            _held[item.Path] = _byLastEvent.AddLast(new Held(item, now, now));
            return;
        }

        var held = node.Value;
        _byLastEvent.Remove(node);
        var merged = item.Kind == WatchEventKind.SubtreeChanged ? item : held.Event;
        if (now - held.First >= window() * MaxWindows)
        {
            _held.Remove(item.Path);
            await output.WriteAsync(merged, cancellationToken);
            return;
        }

        node.Value = held with { Event = merged, Last = now };
        _byLastEvent.AddLast(node);
    }

    private async ValueTask ReleaseDueAsync(CancellationToken cancellationToken)
    {
        var limit = time.GetUtcNow() - window();
        while (_byLastEvent.First is { } first && first.Value.Last <= limit)
        {
            await ReleaseAsync(first, cancellationToken);
        }
    }

    private async ValueTask ReleaseAllAsync(CancellationToken cancellationToken)
    {
        while (_byLastEvent.First is { } first)
        {
            await ReleaseAsync(first, cancellationToken);
        }
    }

    private ValueTask ReleaseAsync(LinkedListNode<Held> node, CancellationToken cancellationToken)
    {
        _byLastEvent.Remove(node);
        _held.Remove(node.Value.Event.Path);
        return output.WriteAsync(node.Value.Event, cancellationToken);
    }

    private void Clear()
    {
        _held.Clear();
        _byLastEvent.Clear();
    }

    private readonly record struct Held(WatchEvent Event, DateTimeOffset First, DateTimeOffset Last);
}
