using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Tests.Support;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>A file or directory of the simulation.</summary>
internal sealed class SimulatedNode(ulong inode, bool isDirectory)
{
    public ulong Inode => inode;

    public SortedDictionary<string, SimulatedNode>? Children { get; } = isDirectory ? new(StringComparer.Ordinal) : null;

    public byte[] Bytes { get; set; } = [];

    public long ModifiedNs { get; set; }

    public long ChangedNs { get; set; }

    public bool IsExecutable { get; set; }

    /// <summary>Gets or sets how many names a file has.</summary>
    public int Names { get; set; } = 1;

    public FoundEntry ToEntry() => new(
        Children is not null ? FoundKind.Directory : IsExecutable ? FoundKind.Executable : FoundKind.File,
        new FileStamp(Bytes.Length, ModifiedNs, ChangedNs, inode, IsExecutable ? 0x81EDu : 0x81A4u))
    { OtherNames = (ushort)(Children is null ? Names - 1 : 0) };
}

/// <summary>
/// A working directory in memory whose clock moves in ticks of 4 ms, as a kernel's does, and which tells its watcher of every
/// change. Between opening and reading a file somebody may write.
/// </summary>
internal sealed class SimulatedFiles(ManualTime time, SimulatedWatcher watcher) : IWorkingDirectory
{
    private const long TickNs = 4_000_000;

    private readonly Lock _lock = new();
    private ulong _lastInode = 1;

    public SimulatedNode Root { get; } = new(1, isDirectory: true);

    /// <summary>Gets the directories that cannot be listed.</summary>
    public HashSet<string> Closed { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets what happens while a file is read.</summary>
    public Action? WhileReading { get; set; }

    public long NowNs => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public bool IsRootInPlace => true;

    public bool IsRootDeleted => false;

    private long Tick => NowNs / TickNs * TickNs;

    public SimulatedNode? Find(string path)
    {
        var node = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node.Children is null || !node.Children.TryGetValue(name, out var next))
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    public void MakeDirectory(string path) => Add(path, new SimulatedNode(++_lastInode, isDirectory: true));

    /// <summary>Makes an empty file, or empties the one that is there.</summary>
    public void Truncate(string path)
    {
        if (Find(path) is { Children: null } file)
        {
            Change(path, file, []);
        }
        else
        {
            Add(path, new SimulatedNode(++_lastInode, isDirectory: false) { ModifiedNs = Tick, ChangedNs = Tick });
        }
    }

    public void Append(string path, byte[] bytes)
    {
        if (Find(path) is { Children: null } file)
        {
            Change(path, file, [.. file.Bytes, .. bytes]);
        }
    }

    public void SetExecutable(string path, bool executable)
    {
        lock (_lock)
        {
            var file = Find(path)!;
            (file.IsExecutable, file.ChangedNs) = (executable, Tick);
            watcher.Happened(Parent(path), Name(path), isDirectory: false);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            var node = Find(path)!;
            Parent(path).Children!.Remove(Name(path));
            (node.Names, node.ChangedNs) = (node.Names - 1, Tick);
            watcher.Happened(Parent(path), Name(path), node.Children is not null);
        }
    }

    /// <summary>Gives a file a further name: only the directory of that name is told.</summary>
    public void Link(string from, string to)
    {
        lock (_lock)
        {
            var node = Find(from)!;
            Parent(to).Children![Name(to)] = node;
            (node.Names, node.ChangedNs) = (node.Names + 1, Tick);
            watcher.Happened(Parent(to), Name(to), isDirectory: false);
        }
    }

    /// <summary>Moves a file over whatever file is there, or a directory to a free name.</summary>
    public void Move(string from, string to)
    {
        lock (_lock)
        {
            var node = Find(from)!;
            if (Find(to) is { } replaced)
            {
                (replaced.Names, replaced.ChangedNs) = (replaced.Names - 1, Tick);
            }

            Parent(from).Children!.Remove(Name(from));
            Parent(to).Children![Name(to)] = node;
            node.ChangedNs = Tick;
            watcher.Happened(Parent(from), Name(from), node.Children is not null, movedAway: true);
            watcher.Happened(Parent(to), Name(to), node.Children is not null);
        }
    }

    /// <summary>Lists every file as path and content.</summary>
    public Dictionary<string, SimulatedNode> Files()
    {
        var found = new Dictionary<string, SimulatedNode>(StringComparer.Ordinal);
        void Walk(SimulatedNode node, string at)
        {
            foreach (var (name, child) in node.Children!)
            {
                if (child.Children is not null)
                {
                    Walk(child, $"{at}{name}/");
                }
                else
                {
                    found[at + name] = child;
                }
            }
        }

        Walk(Root, "");
        return found;
    }

    public DirectoryListing? List(TreePath directory)
    {
        lock (_lock)
        {
            return Closed.Contains(directory.ToString()) && Find(directory.ToString()) is not null ? throw new NativeIOException("open", directory.ToString(), Errno.AccessDenied)
                : Find(directory.ToString())?.Children is { } children
                ? new DirectoryListing([.. children.Select(child => new ListedEntry(EntryName.Create(Encoding.UTF8.GetBytes(child.Key)).Value, child.Value.ToEntry()))], [])
                : null;
        }
    }

    public FoundEntry? Look(TreePath path)
    {
        lock (_lock)
        {
            return Find(path.ToString())?.ToEntry();
        }
    }

    public IOpenFile? Open(TreePath path)
    {
        lock (_lock)
        {
            return Find(path.ToString()) is { Children: null } file ? new Handle(this, file) : null;
        }
    }

    public byte[]? ReadLink(TreePath path) => null;

    public bool TryCreate(ReadOnlySpan<byte> name)
    {
        watcher.Cookie(Encoding.ASCII.GetString(name));
        watcher.Drain();
        return true;
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
    }

    public Task<FileStamp?> PlaceAsync(TreePath path, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, FileStamp? expected, CancellationToken cancellationToken) => throw new NotSupportedException();

    public FileStamp? Place(TreePath path, EntryKind kind, ReadOnlySpan<byte> content, FileStamp? expected, ContentHash? replaced = null) => throw new NotSupportedException();

    public void DropReplaced(bool all = false)
    {
        // Nothing is ever replaced here.
    }

    public bool Remove(TreePath path, FileStamp expected) => throw new NotSupportedException();

    public bool RemoveEmptyDirectory(TreePath path) => throw new NotSupportedException();

    public FileStamp? SetExecutable(TreePath path, bool executable, FileStamp expected) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    private SimulatedNode Parent(string path) => Find(path.LastIndexOf('/') is > 0 and var at ? path[..at] : "")!;

    private void Add(string path, SimulatedNode node)
    {
        lock (_lock)
        {
            Parent(path).Children![Name(path)] = node;
            watcher.Happened(Parent(path), Name(path), node.Children is not null);
        }
    }

    private void Change(string path, SimulatedNode file, byte[] bytes)
    {
        lock (_lock)
        {
            file.Bytes = bytes;
            file.ModifiedNs = file.ChangedNs = Tick;
            watcher.Happened(Parent(path), Name(path), isDirectory: false);
        }
    }

    private sealed class Handle(SimulatedFiles files, SimulatedNode node) : IOpenFile
    {
        public FoundEntry Opened { get; } = node.ToEntry();

        public FoundEntry Look() => node.ToEntry();

        public int Read(Span<byte> buffer, long offset)
        {
            var bytes = node.Bytes;
            var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
            files.WhileReading?.Invoke();
            return count;
        }

        public void Dispose()
        {
        }
    }
}
