using System.Text;
using System.Threading.Channels;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Watching;

/// <summary>Watches by the system's recursive watcher where there is no inotify. An error of it becomes a rescan.</summary>
public sealed class SystemWatcher : IFileWatcher
{
    /// <summary>The largest buffer that also works for network drives on Windows.</summary>
    private const int BufferBytes = 64 * 1024;

    private readonly FileSystemWatcher _watcher;
    private readonly string _root;
    private readonly TreePath _cookieFolder;
    private ChannelWriter<WatchEvent>? _output;
    private volatile bool _lost;

    /// <summary>Opens a watcher.</summary>
    public SystemWatcher(string root, TreePath cookieFolder)
    {
        _root = root;
        _cookieFolder = cookieFolder;
        _watcher = new FileSystemWatcher(root) { IncludeSubdirectories = true, InternalBufferSize = BufferBytes };
        _watcher.Changed += (_, e) => Offer(e.FullPath, e.ChangeType);
        _watcher.Created += (_, e) => Offer(e.FullPath, e.ChangeType);
        _watcher.Deleted += (_, e) => Offer(e.FullPath, e.ChangeType);
        _watcher.Renamed += (_, e) =>
        {
            Offer(e.OldFullPath, WatcherChangeTypes.Deleted);
            Offer(e.FullPath, WatcherChangeTypes.Created);
        };
        _watcher.Error += (_, e) => OfferHint(WatchEvent.Rescan($"the system's watcher lost events: {e.GetException().Message}"));
    }

    /// <inheritdoc/>
    public string Backend => "system";

    /// <inheritdoc/>
    public int WatchedDirectories => 1;

    /// <inheritdoc/>
    public string? Degraded => null;

    /// <inheritdoc/>
    public void Watch(TreePath directory)
    {
        // The system's watcher is recursive.
    }

    /// <inheritdoc/>
    public async Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken)
    {
        _output = output;
        _watcher.EnableRaisingEvents = true;
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => stopped.TrySetResult());
        await stopped.Task;
        _watcher.EnableRaisingEvents = false;
        output.TryComplete();
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher.Dispose();

    private void Offer(string fullPath, WatcherChangeTypes type)
    {
        var relative = Path.GetRelativePath(_root, fullPath).Replace(Path.DirectorySeparatorChar, '/');
        if (TreePath.Parse(Encoding.UTF8.GetBytes(relative)) is not { IsOk: true } path || path.Value.IsRoot)
        {
            return;
        }

        if (path.Value.Parent == _cookieFolder)
        {
            if (type == WatcherChangeTypes.Created && StatusCookies.TryParseName(path.Value.Name.Bytes) is { } number)
            {
                OfferHint(WatchEvent.Cookie(number));
            }

            return;
        }

        // Whether a deleted path was a directory is not told, so anything but a plain change is looked at with all below it.
        OfferHint(type == WatcherChangeTypes.Changed ? WatchEvent.Changed(path.Value) : WatchEvent.Subtree(path.Value) with { IsDirectory = Directory.Exists(fullPath) });
    }

    private void OfferHint(WatchEvent hint)
    {
        if (_lost && _output!.TryWrite(WatchEvent.Rescan("more file events came than the agent could take")))
        {
            _lost = false;
        }

        _lost |= !_output!.TryWrite(hint);
    }
}
