using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Tests.Support;

/// <summary>A watcher for which the kernel has no place: it says so, and sees nothing.</summary>
internal sealed class BlindWatcher : IFileWatcher
{
    public string Backend => "blind";

    public int WatchedDirectories => 0;

    public string? Degraded => "the limit is reached";

    public void Watch(TreePath directory)
    {
    }

    public Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public void Dispose()
    {
    }
}
