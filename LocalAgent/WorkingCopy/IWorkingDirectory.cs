using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>
/// The files of one working copy, addressed by tree path. Every operation stays beneath the root and follows no symlink, also
/// while another process swaps directories for symlinks. The seam where a simulation puts its own file system. Thread-safe.
/// </summary>
public interface IWorkingDirectory : ICookieFolder, IDisposable
{
    /// <summary>Gets the file system's idea of now in nanoseconds since 1970, on the same clock as its stamps.</summary>
    long NowNs { get; }

    /// <summary>Gets whether the root's path still names the directory that was opened.</summary>
    bool IsRootInPlace { get; }

    /// <summary>Gets whether the directory that was opened was deleted, so that it can never come back.</summary>
    bool IsRootDeleted { get; }

    /// <summary>Lists a directory; null where there is none at the path.</summary>
    /// <exception cref="IOException">The directory is there but cannot be read.</exception>
    DirectoryListing? List(TreePath directory);

    /// <summary>Looks at one entry; null where there is none.</summary>
    FoundEntry? Look(TreePath path);

    /// <summary>Opens a regular file; null where there is none at the path any more.</summary>
    /// <exception cref="IOException">The file is there but cannot be read.</exception>
    IOpenFile? Open(TreePath path);

    /// <summary>Opens a directory for reading many of its files one after the other. What is wrong with it shows when a file is opened.</summary>
    IOpenFolder OpenFolder(TreePath directory) => new FolderByPath(this, directory);

    /// <summary>Reads a symlink's target; null where there is no symlink.</summary>
    byte[]? ReadLink(TreePath path);

    /// <summary>
    /// Puts a file or symlink in place in one step: readers see the old entry or the whole new one. What stands there must
    /// still be <paramref name="expected"/> (null: nothing), else the place is left as it is and the answer is null.
    /// Missing parent directories are made.
    /// </summary>
    Task<FileStamp?> PlaceAsync(TreePath path, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, FileStamp? expected, CancellationToken cancellationToken);

    /// <summary>
    /// Does the same with content that is at hand. What it replaced stays at least until <see cref="DropReplaced"/>, because taking
    /// files away between making others slows both down; for <see cref="PutBack"/> where its content is told.
    /// </summary>
    FileStamp? Place(TreePath path, EntryKind kind, ReadOnlySpan<byte> content, FileStamp? expected, ContentHash? replaced = null);

    /// <summary>
    /// Makes a file where nothing stands, in its place and not in one step: a crash can leave a beginning of it. For a directory that
    /// nobody works in yet. Null where something stands there. Missing parent directories are made.
    /// </summary>
    FileStamp? Create(TreePath path, EntryKind kind, ReadOnlySpan<byte> content) => Place(path, kind, content, null);

    /// <summary>
    /// Makes a file where nothing stands, in one step, that shares the blocks of another file until one of both is written (reflink).
    /// Null where nothing was made, be it that the file system cannot do it or that the other file changed since it was opened.
    /// </summary>
    FileStamp? Share(TreePath path, EntryKind kind, IOpenFile from) => null;

    /// <summary>
    /// Puts a file back that <see cref="Place"/> replaced at this path, in the same one step, where one with the wanted content was
    /// kept. Null where not, or where something else than expected stands there: nothing was changed then.
    /// </summary>
    FileStamp? PutBack(TreePath path, EntryKind kind, ContentHash content, FileStamp expected, ContentHash? replaced) => null;

    /// <summary>Takes away what was replaced and is not kept for going back; or all of it.</summary>
    void DropReplaced(bool all = false);

    /// <summary>Removes a file or symlink if it is still <paramref name="expected"/>. Gives false where something else stands there.</summary>
    bool Remove(TreePath path, FileStamp expected);

    /// <summary>Removes a directory if it is empty. Gives whether it is gone.</summary>
    bool RemoveEmptyDirectory(TreePath path);

    /// <summary>Sets or clears the execute bits; gives the new stamp, or null where the file is not <paramref name="expected"/>.</summary>
    FileStamp? SetExecutable(TreePath path, bool executable, FileStamp expected);
}

/// <summary>A directory whose files are read. Of one thread.</summary>
public interface IOpenFolder : IDisposable
{
    /// <summary>Gets where it stands.</summary>
    TreePath Path { get; }

    /// <summary>Opens a regular file in it; null where there is none any more.</summary>
    /// <exception cref="IOException">The file is there but cannot be read.</exception>
    IOpenFile? Open(EntryName name);

    /// <summary>
    /// Reads a file of the given size that still has the facts it was found with, and has them after the read. False where it is
    /// otherwise, for whatever reason: <see cref="Open"/> then tells it.
    /// </summary>
    /// <exception cref="IOException">The file is there but cannot be read.</exception>
    bool TryRead(EntryName name, FoundEntry expected, Span<byte> content)
    {
        using var file = Open(name);
        return file is not null && file.Opened == expected && file.Read(content, 0) == content.Length && file.Look() == expected;
    }
}

/// <summary>A regular file opened for reading.</summary>
public interface IOpenFile : IDisposable
{
    /// <summary>Gets the facts of the file when it was opened.</summary>
    FoundEntry Opened { get; }

    /// <summary>Gets the facts of the file behind this handle, now.</summary>
    FoundEntry Look();

    /// <summary>Reads at an offset; 0 at the end.</summary>
    int Read(Span<byte> buffer, long offset);
}

/// <summary>A directory that is not held open: each file is found by its path.</summary>
internal sealed class FolderByPath(IWorkingDirectory files, TreePath path) : IOpenFolder
{
    /// <inheritdoc/>
    public TreePath Path => path;

    /// <inheritdoc/>
    public IOpenFile? Open(EntryName name) => files.Open(path.Append(name));

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is open.
    }
}
