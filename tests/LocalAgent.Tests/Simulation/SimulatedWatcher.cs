using System.Text;
using System.Threading.Channels;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>
/// Watches the simulated directory as inotify does: single directories by inode, a queue with a limit, events under the name that
/// a directory had when it was watched. Nothing goes on before <see cref="Drain"/>.
/// </summary>
internal sealed class SimulatedWatcher : IFileWatcher
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, TreePath> _watched = [];
    private readonly Queue<Raw> _queue = new();
    private ChannelWriter<WatchEvent>? _output;
    private bool _overflown;
    private int _changes;

    public string Backend => "simulation";

    public int WatchedDirectories => _watched.Count;

    public string? Degraded => null;

    /// <summary>Gets or sets how many events the queue holds.</summary>
    public int Limit { get; set; } = int.MaxValue;

    /// <summary>Gets or sets the directory that is watched.</summary>
    public SimulatedFiles? Files { get; set; }

    public int Overflows { get; private set; }

    /// <summary>Gets or sets after how many changes one is dropped without a word; 0 for never.</summary>
    public int LosesOneOf { get; set; }

    /// <summary>Gets or sets who is told of each step.</summary>
    public Action<string>? Trace { get; set; }

    public void Watch(TreePath directory)
    {
        lock (_lock)
        {
            Trace?.Invoke($"watch '{directory}'");
            if (Files!.Find(directory.ToString()) is { Children: not null } node)
            {
                _watched[node.Inode] = directory;
            }
        }
    }

    /// <summary>Notes that something happened to a name in a directory.</summary>
    public void Happened(SimulatedNode directory, string name, bool isDirectory, bool movedAway = false)
    {
        lock (_lock)
        {
            Trace?.Invoke($"happened in {directory.Inode} ({(_watched.TryGetValue(directory.Inode, out var path) ? $"'{path}'" : "unwatched")}): {name}{(movedAway ? " moved away" : "")}");
            if (_watched.ContainsKey(directory.Inode) && !(LosesOneOf > 0 && ++_changes % LosesOneOf == 0))
            {
                Enqueue(new Raw(directory.Inode, name, isDirectory, movedAway, null));
            }
        }
    }

    public void Cookie(string name)
    {
        lock (_lock)
        {
            Enqueue(new Raw(0, name, false, false, StatusCookies.TryParseName(Encoding.ASCII.GetBytes(name))));
        }
    }

    /// <summary>Hands over what is queued.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            while (_queue.TryDequeue(out var raw))
            {
                if (Translate(raw) is { } hint)
                {
                    Trace?.Invoke($"hint {hint.Kind} '{hint.Path}'");
                    Assert.True(_output!.TryWrite(hint), "the simulation does not fill the channel");
                }
            }

            if (_overflown)
            {
                Trace?.Invoke("overflow");
                Overflows++;
                _overflown = false;
                Assert.True(_output!.TryWrite(WatchEvent.Rescan("the kernel's event queue overflowed")));
            }
        }
    }

    public async Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken)
    {
        _output = output;
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => stopped.TrySetResult());
        await stopped.Task;
        output.TryComplete();
    }

    public void Dispose()
    {
    }

    private void Enqueue(Raw raw)
    {
        if (_overflown || _queue.Count >= Limit)
        {
            _overflown = true;
        }
        else
        {
            _queue.Enqueue(raw);
        }
    }

    private WatchEvent? Translate(Raw raw)
    {
        if (raw.Number is { } number)
        {
            return WatchEvent.Cookie(number);
        }

        if (!_watched.TryGetValue(raw.Directory, out var directory))
        {
            return null;
        }

        var path = directory.Append(EntryName.Create(Encoding.UTF8.GetBytes(raw.Name)).Value);
        if (!raw.IsDirectory)
        {
            return WatchEvent.Changed(path);
        }

        if (raw.MovedAway)
        {
            foreach (var moved in _watched.Where(watch => watch.Value.IsAtOrBelow(path)).Select(watch => watch.Key).ToArray())
            {
                _watched.Remove(moved);
            }
        }

        return WatchEvent.Subtree(path);
    }

    private readonly record struct Raw(ulong Directory, string Name, bool IsDirectory, bool MovedAway, long? Number);
}
