using W0rktree.Storage.Native;

namespace W0rktree.Storage.Packs;

/// <summary>Runs work that nobody waits for behind everybody else's.</summary>
internal static class Background
{
    /// <summary>
    /// Runs work on a thread of its own that gives way to others. Its reads and writes complete at once, so it stays there; what
    /// should ever be continued elsewhere only loses that courtesy.
    /// </summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> work) => Task.Factory.StartNew(
        () =>
        {
            LibC.GiveWay();
            return work();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default).Unwrap();
}
