using System.Threading.Channels;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>
/// Gives one task at a time the turn to use a working copy's index and files, in the order of asking. A channel holds the one turn
/// while nobody has it: unlike a semaphore's, its waiters go on where they came from, without a detour over another thread.
/// </summary>
public sealed class TurnLock : IDisposable
{
    private readonly Channel<bool> _free = Channel.CreateBounded<bool>(1);

    /// <summary>Makes a turn that nobody has.</summary>
    public TurnLock() => _free.Writer.TryWrite(true);

    /// <summary>Gets whether somebody has the turn at this moment.</summary>
    public bool IsTaken => _free.Reader.Count == 0;

    /// <summary>Waits for the turn; disposing what it gives ends it.</summary>
    /// <exception cref="ObjectDisposedException">The working copy was closed.</exception>
    public async ValueTask<Turn> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await _free.Reader.ReadAsync(cancellationToken);
            return new Turn(_free.Writer);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException("The working copy is closed.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _free.Writer.TryComplete();
        while (_free.Reader.TryRead(out _))
        {
            // Nobody takes it any more.
        }
    }

    /// <summary>The right to use the working copy until disposed. Passed to whatever needs it, so that nothing can forget it.</summary>
    public sealed class Turn : IDisposable
    {
        private ChannelWriter<bool>? _free;

        internal Turn(ChannelWriter<bool> free) => _free = free;

        /// <inheritdoc/>
        public void Dispose() => Interlocked.Exchange(ref _free, null)?.TryWrite(true);
    }
}
