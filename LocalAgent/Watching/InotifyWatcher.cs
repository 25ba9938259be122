using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Watching;

/// <summary>
/// Watches a working directory by raw inotify. A thread of its own drains the kernel's queue at once and never waits for
/// anything else, so that the queue overflows only under a burst that no reader could follow; an overflow becomes a rescan.
/// </summary>
/// <remarks>
/// FileSystemWatcher loses events on Linux without saying so (docs/explanation/agent.md), hence the system calls. New
/// directories are not followed here: their appearance is a <see cref="WatchEventKind.SubtreeChanged"/> hint, and the scan
/// that answers it watches each directory before it lists it.
/// </remarks>
public sealed class InotifyWatcher : IFileWatcher
{
    /// <summary>One read takes what the kernel has queued up to this size: about 8,000 events with short names.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>How often a rescan hint that did not fit the channel is offered again.</summary>
    private const int RetryMs = 20;

    private readonly byte[] _root;
    private readonly TreePath _cookieFolder;
    private readonly SafeFileHandle _inotify = InotifyCalls.Open();
    private readonly SafeFileHandle _wakeUp = InotifyCalls.OpenWakeUp();
    private readonly WatchTable _table = new();
    private readonly Queue<WatchEvent> _undelivered = new();

    /// <summary>Whether the last of <see cref="_undelivered"/> is a rescan, which tells everything dropped since.</summary>
    private bool _dropped;

    private volatile string? _degraded;

    /// <summary>Opens a watcher; nothing is watched yet.</summary>
    /// <param name="root">The absolute path of the working directory.</param>
    /// <param name="cookieFolder">The folder in which <see cref="StatusCookies"/> makes its files.</param>
    public InotifyWatcher(string root, TreePath cookieFolder)
    {
        _root = Encoding.UTF8.GetBytes(root);
        _cookieFolder = cookieFolder;
    }

    /// <inheritdoc/>
    public string Backend => "inotify";

    /// <inheritdoc/>
    public int WatchedDirectories => _table.Count;

    /// <inheritdoc/>
    public string? Degraded => _degraded;

    /// <inheritdoc/>
    public void Watch(TreePath directory)
    {
        byte[] path = directory.IsRoot ? [.. _root, 0] : [.. _root, (byte)'/', .. directory.Bytes, 0];
        if (directory.IsRoot)
        {
            _degraded = null; // A scan of everything begins, which tries anew what could not be watched before.
        }

        var errno = 0;
        var descriptor = _table.Add(directory, () =>
        {
            var added = InotifyCalls.AddWatch(_inotify, path, InotifyCalls.DirectoryMask);
            errno = added < 0 ? Marshal.GetLastPInvokeError() : 0;
            return added;
        });
        if (descriptor >= 0)
        {
            return;
        }

        // A directory that went away again, or that may not be looked into, is the business of its parent's watch.
        if (errno is not (InotifyCalls.NoEntry or InotifyCalls.NotADirectory or InotifyCalls.AccessDenied))
        {
            _degraded = errno == InotifyCalls.TooManyWatches
                ? $"the limit of inotify watches is reached at {_table.Count} directories: raise it with 'sysctl fs.inotify.max_user_watches=1048576'"
                : $"'{directory}' could not be watched (errno {errno})";
        }
    }

    /// <inheritdoc/>
    public Task RunAsync(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Drain(output, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public void Dispose()
    {
        _inotify.Dispose();
        _wakeUp.Dispose();
    }

    private void Drain(ChannelWriter<WatchEvent> output, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        Span<byte> one = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(one, 1);
        var wake = one.ToArray();
        _ = InotifyCalls.Read(_wakeUp, new byte[8], 8); // What woke an earlier run must not keep this one awake.
        using var registration = cancellationToken.Register(() => _ = InotifyCalls.Write(_wakeUp, wake, (nuint)wake.Length));
        using var mounts = new MountTable(_root);
        while (!cancellationToken.IsCancellationRequested)
        {
            InotifyCalls.Wait(_inotify, _wakeUp, mounts.Handle, _undelivered.Count > 0 ? RetryMs : -1, out var mounted);
            if (mounted && mounts.HasChanged())
            {
                // inotify tells nothing of what a mount covers or brings.
                Offer(WatchEvent.Rescan("a file system was mounted or unmounted inside the worktree"), output);
            }

            var count = (int)InotifyCalls.Read(_inotify, buffer, (nuint)buffer.Length);
            DeliverLate(output);
            if (count > 0)
            {
                Translate(buffer.AsSpan(0, count), output);
            }
        }

        output.TryComplete();
    }

    private void Translate(ReadOnlySpan<byte> events, ChannelWriter<WatchEvent> output)
    {
        var previous = default(WatchEvent);
        while (events.Length >= InotifyCalls.HeaderBytes)
        {
            var descriptor = BinaryPrimitives.ReadInt32LittleEndian(events);
            var mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var nameBytes = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            var name = events.Slice(InotifyCalls.HeaderBytes, nameBytes);
            var end = name.IndexOf((byte)0);
            if (ToHint(descriptor, mask, end < 0 ? name : name[..end]) is { } hint && hint != previous)
            {
                // Writing a file makes a run of equal events; the run says no more than its first.
                Offer(hint, output);
                previous = hint;
            }

            events = events[(InotifyCalls.HeaderBytes + nameBytes)..];
        }
    }

    private WatchEvent? ToHint(int descriptor, uint mask, ReadOnlySpan<byte> name)
    {
        if ((mask & InotifyCalls.QueueOverflow) != 0)
        {
            return WatchEvent.Rescan("the kernel's event queue overflowed");
        }

        if (!_table.TryGetPath(descriptor, out var directory))
        {
            return null;
        }

        if ((mask & InotifyCalls.Unmounted) != 0)
        {
            _table.Remove(descriptor);
            return WatchEvent.Rescan($"the file system under '{directory}' was unmounted");
        }

        if ((mask & InotifyCalls.Ignored) != 0)
        {
            _table.Remove(descriptor);
            return null;
        }

        if ((mask & (InotifyCalls.DeleteSelf | InotifyCalls.MoveSelf)) != 0)
        {
            // Below the root, the parent's watch tells the same.
            return directory.IsRoot ? WatchEvent.Rescan("the worktree's folder was moved or deleted") : null;
        }

        return directory == _cookieFolder ? ToCookie(mask, name) : ToChange(directory, mask, name);
    }

    private static WatchEvent? ToCookie(uint mask, ReadOnlySpan<byte> name) =>
        (mask & InotifyCalls.Create) != 0 && StatusCookies.TryParseName(name) is { } number ? WatchEvent.Cookie(number) : null;

    private WatchEvent? ToChange(TreePath directory, uint mask, ReadOnlySpan<byte> name)
    {
        // Names that no tree can hold are found and reported by the scan; a hint about them would only fail later.
        if (EntryName.Create(name) is not { IsOk: true } entry || directory.Bytes.Length + name.Length >= TreePath.MaxBytes)
        {
            return null;
        }

        var path = directory.Append(entry.Value);
        if ((mask & InotifyCalls.IsDirectory) == 0)
        {
            return WatchEvent.Changed(path);
        }

        if ((mask & InotifyCalls.MovedFrom) != 0)
        {
            // The watches went along with the directory and would report under its old name. Where it moved to, the scan
            // sets new ones.
            _table.RemoveSubtree(path, moved => _ = InotifyCalls.RemoveWatch(_inotify, moved));
        }

        // Its times are nobody's business; whether it can be looked into is.
        return (mask & InotifyCalls.Attributes) != 0 ? WatchEvent.Changed(path) with { IsDirectory = true } : WatchEvent.Subtree(path);
    }

    private void Offer(WatchEvent hint, ChannelWriter<WatchEvent> output)
    {
        if (_undelivered.Count == 0 && output.TryWrite(hint))
        {
            return;
        }

        // A cookie may not overtake what was dropped in front of it, and what was dropped is told by a rescan behind it.
        if (hint.Kind == WatchEventKind.Cookie)
        {
            _undelivered.Enqueue(hint);
            _dropped = false;
        }
        else if (!_dropped)
        {
            _undelivered.Enqueue(hint.Kind == WatchEventKind.Rescan ? hint : WatchEvent.Rescan("more file events came than the agent could take"));
            _dropped = true;
        }
    }

    private void DeliverLate(ChannelWriter<WatchEvent> output)
    {
        while (_undelivered.TryPeek(out var late) && output.TryWrite(late))
        {
            _undelivered.Dequeue();
        }

        _dropped &= _undelivered.Count > 0;
    }
}
