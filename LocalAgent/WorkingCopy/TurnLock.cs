namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>Gives one task at a time the turn to use a working copy's index and files, in the order of asking.</summary>
public sealed class TurnLock : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Gets whether somebody has the turn at this moment.</summary>
    public bool IsTaken => _turn.CurrentCount == 0;

    /// <summary>Waits for the turn; disposing what it gives ends it.</summary>
    public async ValueTask<Turn> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>The right to use the working copy until disposed. Passed to whatever needs it, so that nothing can forget it.</summary>
    public sealed class Turn : IDisposable
    {
        private SemaphoreSlim? _turn;

        internal Turn(SemaphoreSlim turn) => _turn = turn;

        /// <inheritdoc/>
        public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
    }
}
