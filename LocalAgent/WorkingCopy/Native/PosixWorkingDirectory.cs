using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>Reads and writes a working directory on Linux and macOS by folder-relative system calls.</summary>
public sealed class PosixWorkingDirectory : IWorkingDirectory
{
    /// <summary>Names are read in pieces of this size: few calls even for a directory of 100,000 names.</summary>
    private const int ListBufferBytes = 32 * 1024;

    private readonly BeneathRoot _root;
    private readonly AtomicPlacement _placement;
    private readonly TimeProvider _time;

    /// <summary>Opens a working directory.</summary>
    /// <param name="root">Its absolute path.</param>
    /// <param name="layout">Where inside <c>.wt/state</c> cookies and unfinished files stand.</param>
    /// <param name="time">The clock of <see cref="NowNs"/>.</param>
    public PosixWorkingDirectory(string root, StateLayout layout, TimeProvider time)
    {
        _root = new BeneathRoot(root);
        _placement = new AtomicPlacement(_root, layout, time);
        _time = time;
        Layout = layout;
    }

    /// <summary>Gets where runtime files stand.</summary>
    public StateLayout Layout { get; }

    /// <inheritdoc/>
    public long NowNs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <inheritdoc/>
    public bool IsRootInPlace => _root.IsInPlace;

    /// <inheritdoc/>
    public bool IsRootDeleted => LibC.Stat(_root.Root, _root.Path).Links == 0;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public DirectoryListing? List(TreePath directory)
    {
        using var folder = _root.TryOpenFolder(directory, out var errno);
        if (folder is null)
        {
            return BeneathRoot.IsAbsent(errno) ? null : throw new NativeIOException("open", directory.ToString(), errno);
        }

        var entries = new List<ListedEntry>();
        var refused = new List<RefusedName>();
        Span<byte> buffer = stackalloc byte[ListBufferBytes];
        var display = directory.ToString();
        var reader = new FolderReader(folder, buffer, display);
        while (reader.MoveNext())
        {
            var name = EntryName.Create(reader.Name);
            if (!name.IsOk || directory.Bytes.Length + reader.Name.Length >= TreePath.MaxBytes || directory.Depth >= TreePath.MaxDepth)
            {
                Refuse(directory, reader.Name, name.IsOk ? "the path is longer or deeper than a tree can hold" : NameRules.FirstBroken(reader.Name)!, refused);
            }
            else if (LibC.TryStatAt(folder, reader.Name, out var stat, out errno))
            {
                entries.Add(new ListedEntry(name.Value, ToEntry(stat)));
            }
            else if (!BeneathRoot.IsAbsent(errno))
            {
                throw new NativeIOException("stat", $"{display}/{PathText.Display(reader.Name)}", errno); // Names may be read here, and nothing about them.
            }
        }

        return new DirectoryListing(entries, refused);
    }

    /// <inheritdoc/>
    public FoundEntry? Look(TreePath path)
    {
        if (path.IsRoot)
        {
            return ToEntry(LibC.Stat(_root.Root, _root.Path));
        }

        using var folder = _root.TryOpenFolder(path.Parent, out var errno);
        if (folder is null)
        {
            return BeneathRoot.IsAbsent(errno) ? null : throw new NativeIOException("open", path.Parent.ToString(), errno);
        }

        return LibC.TryStatAt(folder, path.Name.Bytes, out var stat, out errno) ? ToEntry(stat)
            : BeneathRoot.IsAbsent(errno) ? null
            : throw new NativeIOException("stat", path.ToString(), errno);
    }

    /// <inheritdoc/>
    public IOpenFile? Open(TreePath path)
    {
        // Non-blocking: the name may have become a pipe, and a scan must never hang on one.
        var file = _root.TryOpen(path, OpenFlags.Read | OpenFlags.NonBlocking, out var errno);
        return file is not null ? PosixOpenFile.Of(file, path.Parent, path.Name)
            : BeneathRoot.IsAbsent(errno) ? null
            : throw new NativeIOException("open", path.ToString(), errno);
    }

    /// <inheritdoc/>
    public IOpenFolder OpenFolder(TreePath directory) =>
        OperatingSystem.IsLinux() && _root.TryOpenFolder(directory, out _) is { } folder ? new PosixOpenFolder(folder, directory) : new FolderByPath(this, directory);

    /// <inheritdoc/>
    public byte[]? ReadLink(TreePath path)
    {
        using var folder = _root.TryOpenFolder(path.Parent, out _);
        try
        {
            return folder is null ? null : LibC.ReadLinkAt(folder, path.Name.Bytes);
        }
        catch (NativeIOException e) when (e.Number is Errno.InvalidArgument || BeneathRoot.IsAbsent(e.Number))
        {
            return null; // EINVAL: no longer a symlink.
        }
    }

    /// <inheritdoc/>
    public Task<FileStamp?> PlaceAsync(TreePath path, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, FileStamp? expected, CancellationToken cancellationToken) =>
        _placement.PlaceAsync(path, kind, content, expected, cancellationToken);

    /// <inheritdoc/>
    public FileStamp? Place(TreePath path, EntryKind kind, ReadOnlySpan<byte> content, FileStamp? expected, ContentHash? replaced = null) =>
        _placement.Place(path, kind, content, expected, replaced);

    /// <inheritdoc/>
    public FileStamp? Create(TreePath path, EntryKind kind, ReadOnlySpan<byte> content) =>
        OperatingSystem.IsLinux() && kind.IsFile ? _placement.Create(path, kind, content) : _placement.Place(path, kind, content, null, null);

    /// <inheritdoc/>
    public FileStamp? Share(TreePath path, EntryKind kind, IOpenFile from) =>
        OperatingSystem.IsLinux() && from is PosixOpenFile file ? _placement.Share(path, kind, file) : null;

    /// <inheritdoc/>
    public FileStamp? PutBack(TreePath path, EntryKind kind, ContentHash content, FileStamp expected, ContentHash? replaced) =>
        OperatingSystem.IsLinux() ? _placement.PutBack(path, kind, content, expected, replaced) : null;

    /// <inheritdoc/>
    public void DropReplaced(bool all = false) => _placement.DropReplaced(all);

    /// <inheritdoc/>
    public bool Remove(TreePath path, FileStamp expected) => _placement.Remove(path, expected);

    /// <inheritdoc/>
    public bool RemoveEmptyDirectory(TreePath path)
    {
        using var folder = _root.TryOpenFolder(path.Parent, out var errno);
        if (folder is null)
        {
            return BeneathRoot.IsAbsent(errno);
        }

        try
        {
            LibC.RemoveFolderAt(folder, path.Name.Bytes);
            return true;
        }
        catch (NativeIOException e)
        {
            return e.Number == Errno.NotFound;
        }
    }

    /// <inheritdoc/>
    public FileStamp? SetExecutable(TreePath path, bool executable, FileStamp expected)
    {
        using var file = _root.TryOpen(path, OpenFlags.Read | OpenFlags.NonBlocking, out _);
        if (file is null || ToEntry(LibC.Stat(file, path.ToString())).Stamp != expected)
        {
            return null;
        }

        LibC.SetMode(file, FilePermissions.WithExecute((int)expected.Mode & 0xFFF, executable), path.Bytes);
        return ToEntry(LibC.Stat(file, path.ToString())).Stamp;
    }

    /// <inheritdoc/>
    public bool TryCreate(ReadOnlySpan<byte> name)
    {
        using var folder = _root.TryOpenFolder(Layout.Cookies, out _);
        using var file = folder is null ? null : LibC.TryOpenAt(folder, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180, out _);
        return file is not null;
    }

    /// <inheritdoc/>
    public void Remove(ReadOnlySpan<byte> name)
    {
        using var folder = _root.TryOpenFolder(Layout.Cookies, out _);
        if (folder is not null && LibC.TryStatAt(folder, name, out _, out _))
        {
            LibC.UnlinkAt(folder, name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    internal static FoundEntry ToEntry(FileStat stat) => new(
        stat.Type switch
        {
            FileType.Regular => stat.IsExecutable ? FoundKind.Executable : FoundKind.File,
            FileType.Symlink => FoundKind.Symlink,
            FileType.Directory => FoundKind.Directory,
            _ => FoundKind.Other,
        },
        new FileStamp(stat.Size, stat.Modified.UnixNanoseconds, stat.Changed.UnixNanoseconds, stat.Inode, (uint)stat.Mode))
    {
        OtherNames = stat is { Type: FileType.Regular, Links: > 1 and var links } ? (ushort)Math.Min(links - 1, ushort.MaxValue) : (ushort)0,
    };

    private static void Refuse(TreePath directory, ReadOnlySpan<byte> name, string rule, List<RefusedName> refused)
    {
        // Control folders of git and of the lazy file system are left alone silently: they are no file of anybody.
        if (!name.SequenceEqual(".git"u8) && !name.SequenceEqual(".wt-vfs"u8))
        {
            refused.Add(new RefusedName(directory.IsRoot ? PathText.Display(name) : $"{directory}/{PathText.Display(name)}", rule));
        }
    }
}
