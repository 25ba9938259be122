using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>
/// Puts finished files in place and takes old ones away so that nothing that somebody wrote meanwhile is lost: what is
/// replaced or removed first changes places with the new one or moves aside, is compared with what was expected, and goes
/// back where it differs.
/// </summary>
internal sealed class AtomicPlacement(BeneathRoot root, StateLayout layout, TimeProvider time)
{
    private const int ExecutableMode = 0x1FF; // 0777, cut likewise.
    private const int PrivateMode = 0x1B6; // 0666, cut by the umask as for any file that a program makes.

    private readonly ReplacedFiles _replaced = new();
    private long _last;

    public FileStamp? Place(TreePath path, EntryKind kind, ReadOnlySpan<byte> content, FileStamp? expected, ContentHash? replaced)
    {
        using var unfinished = OpenUnfinished();
        var name = NextName();
        try
        {
            var target = Make(unfinished, name, kind, content);
            return PutInPlace(unfinished, name, path, expected, new Later(replaced), target);
        }
        catch
        {
            Discard(unfinished, name);
            throw;
        }
    }

    /// <summary>Makes a file in its place: no rename, and an inode near those of its folder.</summary>
    public FileStamp? Create(TreePath path, EntryKind kind, ReadOnlySpan<byte> content)
    {
        var mode = kind == EntryKind.Executable ? ExecutableMode : PrivateMode;
        var file = root.TryCreate(path, mode, out var errno);
        if (file is null && errno == Errno.NotFound)
        {
            OpenOrMake(path.Parent).Dispose();
            file = root.TryCreate(path, mode, out errno);
        }

        using (file)
        {
            if (file is null)
            {
                return errno is Errno.Exists or Errno.NotDirectory || BeneathRoot.IsAbsent(errno) ? null : throw new NativeIOException("create", path.ToString(), errno);
            }

            LibC.Write(file, content);
            LibC.SetModified(file, new FileTime(FineNow()), path.Bytes);
            return LibC.TryStat(file, out var stat, out errno) ? PosixWorkingDirectory.ToEntry(stat).Stamp : throw new NativeIOException("statx", path.ToString(), errno);
        }
    }

    /// <summary>
    /// Makes a file of another one's blocks. Null where that cannot be, where something stands there, or where the other file was
    /// written since it was opened: then nobody knows what the blocks hold.
    /// </summary>
    public FileStamp? Share(TreePath path, EntryKind kind, PosixOpenFile from)
    {
        using var unfinished = OpenUnfinished();
        var name = NextName();
        try
        {
            FileStamp made;
            using (var file = Create(unfinished, name))
            {
                if (!LibC.TryShareBlocks(from.Handle, file, out _) || from.Look() != from.Opened)
                {
                    Discard(unfinished, name);
                    return null;
                }

                made = Complete(file, unfinished, name, kind);
            }

            return PutInPlace(unfinished, name, path, null, null, made);
        }
        catch
        {
            Discard(unfinished, name);
            throw;
        }
    }

    /// <summary>
    /// Puts back a file that was replaced at this very path, if one is kept that surely still has the wanted content. Null leaves
    /// everything as it was.
    /// </summary>
    public FileStamp? PutBack(TreePath path, EntryKind kind, ContentHash content, FileStamp expected, ContentHash? replaced)
    {
        if (_replaced.Take(path, content) is not { } kept)
        {
            return null;
        }

        using var unfinished = OpenUnfinished();
        if (Freshen(unfinished, kept, kind) is { } stamp)
        {
            using var folder = root.TryOpenFolder(path.Parent, out _);
            if (folder is not null && Swap(unfinished, kept.Name, folder, path, expected, new Later(replaced)))
            {
                return Stamp(folder, path, stamp);
            }
        }

        Discard(unfinished, kept.Name);
        return null;
    }

    /// <summary>Takes away what was replaced and is not kept; or all of it.</summary>
    public void DropReplaced(bool all)
    {
        if (all)
        {
            _replaced.DropAll();
        }

        SafeFileHandle? unfinished = null;
        while (_replaced.TryTakeDropped(out var name))
        {
            unfinished ??= OpenUnfinished();
            Discard(unfinished, name);
        }

        unfinished?.Dispose();
    }

    public async Task<FileStamp?> PlaceAsync(TreePath path, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, FileStamp? expected, CancellationToken cancellationToken)
    {
        using var unfinished = OpenUnfinished();
        var name = NextName();
        try
        {
            var target = await MakeAsync(unfinished, name, kind, content, cancellationToken);
            return PutInPlace(unfinished, name, path, expected, null, target);
        }
        catch
        {
            Discard(unfinished, name);
            throw;
        }
    }

    public bool Remove(TreePath path, FileStamp expected)
    {
        using var folder = root.TryOpenFolder(path.Parent, out _);
        if (folder is null || !IsExpected(folder, path.Name.Bytes, expected))
        {
            return false;
        }

        using var unfinished = OpenUnfinished();
        var name = NextName();
        LibC.RenameAt(folder, path.Name.Bytes, unfinished, name);
        if (IsExpected(unfinished, name, expected))
        {
            LibC.UnlinkAt(unfinished, name);
            return true;
        }

        // Somebody wrote between the look and the move: theirs goes back, unless they made yet another one.
        GiveBack(unfinished, name, folder, path);
        return false;
    }

    private FileStamp? PutInPlace(SafeFileHandle unfinished, byte[] name, TreePath path, FileStamp? expected, Later? later, FileStamp made)
    {
        using var folder = OpenParent(path);
        if (folder is null)
        {
            Discard(unfinished, name);
            return null;
        }

        return Swap(unfinished, name, folder, path, expected, later) ? Stamp(folder, path, made) : null;
    }

    private bool Swap(SafeFileHandle unfinished, byte[] name, SafeFileHandle folder, TreePath path, FileStamp? expected, Later? later)
    {
        if (expected is not { } old)
        {
            return Renaming.TryRename(unfinished, name, folder, path.Name.Bytes, RenameMode.NoReplace) || Abandon(unfinished, name);
        }

        if (!IsExpected(folder, path.Name.Bytes, old))
        {
            return Abandon(unfinished, name);
        }

        if (!Renaming.TryRename(unfinished, name, folder, path.Name.Bytes, RenameMode.Exchange))
        {
            return Abandon(unfinished, name);
        }

        if (IsExpected(unfinished, name, old, out var moved))
        {
            PutAside(unfinished, name, path, moved, later);
            return true;
        }

        // Somebody wrote in the moment before the exchange: their version goes back, ours is dropped.
        LibC.RenameAt(unfinished, name, folder, path.Name.Bytes, RenameMode.Exchange);
        return Abandon(unfinished, name);
    }

    private void PutAside(SafeFileHandle unfinished, byte[] name, TreePath path, FileStat moved, Later? later)
    {
        if (later is null)
        {
            LibC.UnlinkAt(unfinished, name);
        }
        else if (later.Replaced is { } content && moved is { Type: FileType.Regular, Links: 1, Size: <= ReplacedFiles.MaxFileBytes })
        {
            _replaced.Keep(path, new ReplacedFiles.Kept(name, content, PosixWorkingDirectory.ToEntry(moved).Stamp));
        }
        else
        {
            _replaced.Drop(name);
        }
    }

    /// <summary>
    /// Gives a kept file the time of now, and makes sure that it has its content still: somebody may have had it open all the while.
    /// The time first, so that whatever is written from then on shows.
    /// </summary>
    private FileStamp? Freshen(SafeFileHandle unfinished, ReplacedFiles.Kept kept, EntryKind kind)
    {
        using var file = LibC.TryOpenAt(unfinished, kept.Name, OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoFollow, 0, out _);
        if (file is null || !LibC.TryStat(file, out var stat, out _) || PosixWorkingDirectory.ToEntry(stat).Stamp != kept.Stamp
            || stat.Links != 1 || stat.IsExecutable != (kind == EntryKind.Executable))
        {
            return null;
        }

        var fine = FineNow();
        LibC.SetModifiedAt(unfinished, kept.Name, new FileTime(fine));
        var size = (int)stat.Size;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        try
        {
            // A write after that would have given it another time.
            return LibC.Read(file, buffer.AsSpan(0, size), 0) == size
                && ContentHash.OfContent(buffer.AsSpan(0, size)) == kept.Content
                && LibC.TryStat(file, out var after, out _) && after.Size == size && after.Links == 1 && after.Mode == stat.Mode
                && after.Modified.UnixNanoseconds == fine
                ? PosixWorkingDirectory.ToEntry(after).Stamp : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void GiveBack(SafeFileHandle unfinished, byte[] name, SafeFileHandle folder, TreePath path)
    {
        if (!Renaming.TryRename(unfinished, name, folder, path.Name.Bytes, RenameMode.NoReplace))
        {
            using var rescued = OpenOrMake(layout.Rescued);
            LibC.RenameAt(unfinished, name, rescued, [.. name, (byte)'-', .. path.Name.Bytes[..Math.Min(path.Name.Bytes.Length, 200)]]);
        }
    }

    private async Task<FileStamp> MakeAsync(SafeFileHandle unfinished, byte[] name, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        if (kind == EntryKind.Symlink)
        {
            using var target = new MemoryStream();
            await foreach (var piece in content.WithCancellation(cancellationToken))
            {
                target.Write(piece.Span);
            }

            return Make(unfinished, name, kind, target.GetBuffer().AsSpan(0, (int)target.Length));
        }

        using var file = Create(unfinished, name);
        await foreach (var piece in content.WithCancellation(cancellationToken))
        {
            LibC.Write(file, piece.Span);
        }

        return Complete(file, unfinished, name, kind);
    }

    private FileStamp Make(SafeFileHandle unfinished, byte[] name, EntryKind kind, ReadOnlySpan<byte> content)
    {
        if (kind == EntryKind.Symlink)
        {
            LibC.SymlinkAt(content, unfinished, name);
            return PosixWorkingDirectory.ToEntry(LibC.StatAt(unfinished, name)).Stamp;
        }

        using var file = Create(unfinished, name);
        LibC.Write(file, content);
        return Complete(file, unfinished, name, kind);
    }

    private static SafeFileHandle Create(SafeFileHandle unfinished, byte[] name) =>
        LibC.OpenAt(unfinished, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, PrivateMode);

    private FileStamp Complete(SafeFileHandle file, SafeFileHandle unfinished, byte[] name, EntryKind kind)
    {
        if (kind == EntryKind.Executable)
        {
            LibC.SetMode(file, FilePermissions.WithExecute(LibC.StatAt(unfinished, name).Permissions, executable: true), name);
        }

        LibC.SetModifiedAt(unfinished, name, new FileTime(FineNow()));
        return PosixWorkingDirectory.ToEntry(LibC.StatAt(unfinished, name)).Stamp;
    }

    /// <summary>
    /// A time that no later write leaves by itself: the kernel stamps with a clock that stands still for milliseconds, so that
    /// a write right after ours could otherwise look like ours. Never a multiple of 100 ns (<see cref="FileStamp.IsFine"/>).
    /// </summary>
    private long FineNow() => ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100) + 37;

    /// <summary>Looks at the placed file: the rename changed its change time. Someone may have replaced it already; then the stamp says so.</summary>
    private static FileStamp? Stamp(SafeFileHandle folder, TreePath path, FileStamp made)
    {
        if (!LibC.TryStatAt(folder, path.Name.Bytes, out var stat, out _))
        {
            return made;
        }

        var placed = PosixWorkingDirectory.ToEntry(stat).Stamp;
        return placed.Inode == made.Inode && placed.ModifiedNs == made.ModifiedNs && placed.SizeBytes == made.SizeBytes ? placed : made;
    }

    private static bool IsExpected(SafeFileHandle folder, ReadOnlySpan<byte> name, FileStamp expected) => IsExpected(folder, name, expected, out _);

    private static bool IsExpected(SafeFileHandle folder, ReadOnlySpan<byte> name, FileStamp expected, out FileStat stat)
    {
        // The change time moves with a rename, so only the rest can be compared after one.
        return LibC.TryStatAt(folder, name, out stat, out _)
            && PosixWorkingDirectory.ToEntry(stat).Stamp with { ChangedNs = 0 } == expected with { ChangedNs = 0 };
    }

    private SafeFileHandle? OpenParent(TreePath path)
    {
        var folder = root.TryOpenFolder(path.Parent, out var errno);
        return folder ?? (errno == Errno.NotFound ? OpenOrMake(path.Parent) : null);
    }

    private SafeFileHandle OpenUnfinished() => root.TryOpenFolder(layout.Unfinished, out _) ?? OpenOrMake(layout.Unfinished);

    private SafeFileHandle OpenOrMake(TreePath directory)
    {
        var open = root.TryOpenFolder(directory, out var errno);
        if (open is not null || errno != Errno.NotFound)
        {
            return open ?? throw new NativeIOException("open", directory.ToString(), errno);
        }

        using var parent = OpenOrMake(directory.Parent);
        try
        {
            LibC.CreateFolderAt(parent, directory.Name.Bytes);
        }
        catch (NativeIOException e) when (e.Number == Errno.Exists)
        {
            // Somebody else was quicker; what it is shows in the next open.
        }

        return root.TryOpenFolder(directory, out errno) ?? throw new NativeIOException("open", directory.ToString(), errno);
    }

    private byte[] NextName() => Encoding.ASCII.GetBytes($"{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");

    private static bool Abandon(SafeFileHandle unfinished, byte[] name)
    {
        Discard(unfinished, name);
        return false;
    }

    private static void Discard(SafeFileHandle unfinished, byte[] name)
    {
        if (LibC.TryStatAt(unfinished, name, out _, out _))
        {
            LibC.UnlinkAt(unfinished, name);
        }
    }

    /// <summary>What is replaced is not taken away at once.</summary>
    /// <param name="Replaced">Its content, where the store has it.</param>
    private sealed record Later(ContentHash? Replaced);
}
