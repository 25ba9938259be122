using System.Threading.Channels;
using W0rktree.Grains.Abstractions.Events;

namespace W0rktree.Silo.Front;

/// <summary>Wakes one open stream. Any number of hints while it is busy are one.</summary>
internal sealed class WakeSignal : IWakeObserver
{
    // One place is enough: a hint says only that it is worth asking, and what is full already says that.
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    public Task OnWakeAsync(long latest, CancellationToken cancellationToken)
    {
        _ = _hints.Writer.TryWrite(true);
        return Task.CompletedTask;
    }

    /// <summary>Waits for a hint; false where the time ran out first.</summary>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            return await _hints.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
