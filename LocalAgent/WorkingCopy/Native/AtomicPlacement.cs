using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
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
    private const int PrivateMode = 0x1B6; // 0666, cut by the umask as for any file that a program makes.

    private readonly ConcurrentQueue<byte[]> _replaced = new();
    private long _last;

    public FileStamp? Place(TreePath path, EntryKind kind, ReadOnlySpan<byte> content, FileStamp? expected)
    {
        using var unfinished = OpenUnfinished();
        var name = NextName();
        try
        {
            var target = Make(unfinished, name, kind, content);
            using var folder = OpenParent(path);
            if (folder is null)
            {
                Discard(unfinished, name);
                return null;
            }

            return Swap(unfinished, name, folder, path, expected, keepReplaced: true) ? Stamp(folder, path, target) : null;
        }
        catch
        {
            Discard(unfinished, name);
            throw;
        }
    }

    /// <summary>Takes away what was replaced. What a crash leaves of it is moved to <see cref="StateLayout.Rescued"/> at the next start.</summary>
    public void DropReplaced()
    {
        using var unfinished = OpenUnfinished();
        while (_replaced.TryDequeue(out var name))
        {
            LibC.UnlinkAt(unfinished, name);
        }
    }

    public async Task<FileStamp?> PlaceAsync(TreePath path, EntryKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> content, FileStamp? expected, CancellationToken cancellationToken)
    {
        using var unfinished = OpenUnfinished();
        var name = NextName();
        try
        {
            var target = await MakeAsync(unfinished, name, kind, content, cancellationToken);
            using var folder = OpenParent(path);
            if (folder is null)
            {
                Discard(unfinished, name);
                return null;
            }

            return Swap(unfinished, name, folder, path, expected, keepReplaced: false) ? Stamp(folder, path, target) : null;
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

    private bool Swap(SafeFileHandle unfinished, byte[] name, SafeFileHandle folder, TreePath path, FileStamp? expected, bool keepReplaced)
    {
        if (expected is not { } old)
        {
            return TryRename(unfinished, name, folder, path.Name.Bytes, RenameMode.NoReplace) || Abandon(unfinished, name);
        }

        if (!IsExpected(folder, path.Name.Bytes, old))
        {
            return Abandon(unfinished, name);
        }

        if (!TryRename(unfinished, name, folder, path.Name.Bytes, RenameMode.Exchange))
        {
            return Abandon(unfinished, name);
        }

        if (IsExpected(unfinished, name, old))
        {
            if (keepReplaced)
            {
                _replaced.Enqueue(name);
            }
            else
            {
                LibC.UnlinkAt(unfinished, name);
            }

            return true;
        }

        // Somebody wrote in the moment before the exchange: their version goes back, ours is dropped.
        LibC.RenameAt(unfinished, name, folder, path.Name.Bytes, RenameMode.Exchange);
        return Abandon(unfinished, name);
    }

    private void GiveBack(SafeFileHandle unfinished, byte[] name, SafeFileHandle folder, TreePath path)
    {
        if (!TryRename(unfinished, name, folder, path.Name.Bytes, RenameMode.NoReplace))
        {
            using var rescued = OpenOrMake(layout.Rescued);
            LibC.RenameAt(unfinished, name, rescued, [.. name, (byte)'-', .. path.Name.Bytes[..Math.Min(path.Name.Bytes.Length, 200)]]);
        }
    }

    private static bool TryRename(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> target, RenameMode mode)
    {
        try
        {
            LibC.RenameAt(from, name, to, target, mode);
            return true;
        }
        catch (NativeIOException e) when (e.Number is Errno.Exists or Errno.NotFound or Errno.IsDirectory or Errno.NotDirectory || e.Number == Errno.NotEmpty)
        {
            return false;
        }
        catch (NativeIOException e) when (e.Number == Errno.InvalidArgument)
        {
            return RenameWithoutFlags(from, name, to, target, mode);
        }
    }

    /// <summary>
    /// For file systems without flags of renameat2 (some network and FUSE ones): a hard link never replaces, and a plain
    /// rename replaces what was looked at just before. The window is one system call wide; there is no closer way there.
    /// </summary>
    private static bool RenameWithoutFlags(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> target, RenameMode mode)
    {
        if (mode == RenameMode.NoReplace)
        {
            if (LibC.TryStatAt(to, target, out _, out _))
            {
                return false;
            }

            LibC.RenameAt(from, name, to, target);
            return true;
        }

        byte[] aside = [.. name, (byte)'~'];
        LibC.RenameAt(to, target, from, aside);
        LibC.RenameAt(from, name, to, target);
        LibC.RenameAt(from, aside, from, name);
        return true;
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

    private static bool IsExpected(SafeFileHandle folder, ReadOnlySpan<byte> name, FileStamp expected)
    {
        // The change time moves with a rename, so only the rest can be compared after one.
        return LibC.TryStatAt(folder, name, out var stat, out _)
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
}
