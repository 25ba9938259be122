using Microsoft.Win32.SafeHandles;
using W0rktree.Core.Paths;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>
/// A directory that was opened beneath the root and is held: its files are found by their names alone, which spares the kernel
/// the way from the root for every one. A name that is a symlink is not followed.
/// </summary>
internal sealed class PosixOpenFolder(SafeFileHandle folder, TreePath path) : IOpenFolder
{
    /// <inheritdoc/>
    public TreePath Path => path;

    /// <inheritdoc/>
    public IOpenFile? Open(EntryName name)
    {
        // Non-blocking: the name may have become a pipe, and a scan must never hang on one.
        var file = LibC.TryOpenAt(folder, name.Bytes, OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoFollow, 0, out var errno);
        return file is not null ? PosixOpenFile.Of(file, path, name)
            : BeneathRoot.IsAbsent(errno) ? null
            : throw new NativeIOException("open", path.Append(name).ToString(), errno);
    }

    /// <inheritdoc/>
    public bool TryRead(EntryName name, FoundEntry expected, Span<byte> content) =>
        LibC.TryReadAt(folder, name.Bytes, OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoFollow, content, out var stat) == content.Length
        && PosixWorkingDirectory.ToEntry(stat) == expected;

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();
}

/// <summary>A regular file. Its path is put together only for a message: a first snapshot opens every file there is.</summary>
internal sealed class PosixOpenFile : IOpenFile
{
    private readonly SafeFileHandle _file;
    private readonly TreePath _folder;
    private readonly EntryName _name;

    private PosixOpenFile(SafeFileHandle file, TreePath folder, EntryName name)
    {
        (_file, _folder, _name) = (file, folder, name);
        Opened = Look();
    }

    /// <inheritdoc/>
    public FoundEntry Opened { get; }

    /// <summary>Gets the file itself, which stays this object's.</summary>
    public SafeFileHandle Handle => _file;

    /// <summary>Takes over what was opened; null where it is no regular file.</summary>
    public static PosixOpenFile? Of(SafeFileHandle file, TreePath folder, EntryName name)
    {
        var opened = new PosixOpenFile(file, folder, name);
        if (opened.Opened.Kind is FoundKind.File or FoundKind.Executable)
        {
            return opened;
        }

        opened.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public FoundEntry Look() =>
        !OperatingSystem.IsLinux() ? PosixWorkingDirectory.ToEntry(LibC.Stat(_file, Display))
        : LibC.TryStat(_file, out var stat, out var errno) ? PosixWorkingDirectory.ToEntry(stat)
        : throw new NativeIOException("statx", Display, errno);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset)
    {
        try
        {
            return LibC.Read(_file, buffer, offset);
        }
        catch (NativeIOException e)
        {
            throw new NativeIOException("pread", Display, e.Number);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private string Display => _folder.Append(_name).ToString();
}
