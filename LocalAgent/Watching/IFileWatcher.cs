using System.Threading.Channels;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Watching;

/// <summary>Turns what happens in a working directory into hints. The seam where a simulation puts its own events.</summary>
public interface IFileWatcher : IDisposable
{
    /// <summary>Gets the name of the mechanism, for <c>wt worker status</c>.</summary>
    string Backend { get; }

    /// <summary>Gets how many directories are watched.</summary>
    int WatchedDirectories { get; }

    /// <summary>Gets why some changes may go unseen, or null while every change is seen.</summary>
    string? Degraded { get; }

    /// <summary>
    /// Watches one directory from now on. A scan calls this before it lists the directory: what appears before the call is
    /// found by the listing, what appears after it by the watch. Thread-safe.
    /// </summary>
    void Watch(TreePath directory);

    /// <summary>Writes hints until cancelled, then completes the output. It never waits for a slow reader: hints that do not fit become one rescan.</summary>
    Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken);
}
