using System.Security.Cryptography;
using W0rktree.Storage.Files;

namespace W0rktree.Storage;

/// <summary>How a store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>What the store's owner calls itself in the lock file.</summary>
    public string Program { get; init; } = "w0rktree";

    /// <summary>The file system; a test gives its own.</summary>
    public IStoreFiles Files { get; init; } = StoreFiles.Default;

    /// <summary>The clock that reflog entries take their time from.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the store's own work runs; a simulation, which does one thing after the other, gives its own.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>A segment that has this many bytes is closed. 64 MiB: a scan of the last one takes well under 100 ms.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    // 16 random bytes for each segment; a golden test fixes them.
    internal Func<byte[]> NewSalt { get; init; } = static () => RandomNumberGenerator.GetBytes(16);
}
