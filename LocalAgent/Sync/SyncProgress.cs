namespace W0rktree.LocalAgent.Sync;

/// <summary>Passes progress on at once; <see cref="Progress{T}"/> would queue it behind the work.</summary>
internal sealed class SyncProgress(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
{
    /// <inheritdoc/>
    public void Report((long Done, long Total) value) => report(value);
}
