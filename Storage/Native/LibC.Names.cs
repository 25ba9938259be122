using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

/// <summary>What a rename does with a name that exists at its target.</summary>
public enum RenameMode
{
    /// <summary>The target is replaced atomically.</summary>
    Replace,

    /// <summary>The rename fails with EEXIST.</summary>
    NoReplace,

    /// <summary>Both names change places atomically.</summary>
    Exchange,
}

public static partial class LibC
{
    private const uint StatxBasic = 0x7FF;
    private const int StatxBytes = 256;

    /// <summary>Renames between two folders.</summary>
    /// <remarks>File systems without the flag answer EINVAL; the caller decides what is safe instead.</remarks>
    public static unsafe void RenameAt(
        SafeFileHandle oldFolder, ReadOnlySpan<byte> oldPath, SafeFileHandle newFolder, ReadOnlySpan<byte> newPath,
        RenameMode mode = RenameMode.Replace)
    {
        Span<byte> oldBuffer = stackalloc byte[MaximumPathBytes];
        Span<byte> newBuffer = stackalloc byte[MaximumPathBytes];
        fixed (byte* from = Terminate(oldPath, oldBuffer), to = Terminate(newPath, newBuffer))
        {
            bool mac = OperatingSystem.IsMacOS();
            int result = mode switch
            {
                RenameMode.Replace => Imports.RenameAt(oldFolder, from, newFolder, to),
                RenameMode.NoReplace when mac => Imports.MacRenameAtX(oldFolder, from, newFolder, to, 4),
                RenameMode.Exchange when mac => Imports.MacRenameAtX(oldFolder, from, newFolder, to, 2),
                RenameMode.NoReplace => Imports.RenameAt2(oldFolder, from, newFolder, to, 1),
                _ => Imports.RenameAt2(oldFolder, from, newFolder, to, 2),
            };
            Check(result, "renameat", newPath);
        }
    }

    /// <summary>Gives a file a second name; fails with EEXIST when the name is taken.</summary>
    public static unsafe void LinkAt(
        SafeFileHandle oldFolder, ReadOnlySpan<byte> oldPath, SafeFileHandle newFolder, ReadOnlySpan<byte> newPath)
    {
        Span<byte> oldBuffer = stackalloc byte[MaximumPathBytes];
        Span<byte> newBuffer = stackalloc byte[MaximumPathBytes];
        fixed (byte* from = Terminate(oldPath, oldBuffer), to = Terminate(newPath, newBuffer))
        {
            Check(Imports.LinkAt(oldFolder, from, newFolder, to, 0), "linkat", newPath);
        }
    }

    /// <summary>Removes a file or link by name.</summary>
    public static void UnlinkAt(SafeFileHandle folder, ReadOnlySpan<byte> path) => Unlink(folder, path, flags: 0);

    /// <summary>Removes an empty directory; fails with ENOTEMPTY when something is in it.</summary>
    public static void RemoveFolderAt(SafeFileHandle folder, ReadOnlySpan<byte> path) =>
        Unlink(folder, path, OperatingSystem.IsMacOS() ? 0x80 : 0x200);

    /// <summary>Creates a directory; fails with EEXIST when the name is taken.</summary>
    public static unsafe void CreateFolderAt(SafeFileHandle folder, ReadOnlySpan<byte> path, int mode = 0x1FF)
    {
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        fixed (byte* terminated = Terminate(path, buffer))
        {
            Check(Imports.MkDirAt(folder, terminated, (uint)mode), "mkdirat", path);
        }
    }

    /// <summary>Creates a symbolic link whose target is any bytes without NUL.</summary>
    public static unsafe void SymlinkAt(ReadOnlySpan<byte> target, SafeFileHandle folder, ReadOnlySpan<byte> path)
    {
        Span<byte> targetBuffer = stackalloc byte[MaximumPathBytes];
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        fixed (byte* to = Terminate(target, targetBuffer), terminated = Terminate(path, buffer))
        {
            Check(Imports.SymlinkAt(to, folder, terminated), "symlinkat", path);
        }
    }

    /// <summary>Reads the target of a symbolic link.</summary>
    public static unsafe byte[] ReadLinkAt(SafeFileHandle folder, ReadOnlySpan<byte> path)
    {
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        Span<byte> target = stackalloc byte[MaximumPathBytes];
        fixed (byte* terminated = Terminate(path, buffer), start = target)
        {
            nint length = Imports.ReadLinkAt(folder, terminated, start, target.Length);
            return length < 0
                ? throw NativeIOException.Of("readlinkat", path, Marshal.GetLastPInvokeError())
                : target[..(int)length].ToArray();
        }
    }

    /// <summary>Asks what a name is without following a link in its last component.</summary>
    public static FileStat StatAt(SafeFileHandle folder, ReadOnlySpan<byte> path) =>
        TryStatAt(folder, path, out FileStat stat, out int errno) ? stat : throw NativeIOException.Of("stat", path, errno);

    /// <summary>Asks what a name is without following a link; false with the error number when the call fails.</summary>
    public static bool TryStatAt(SafeFileHandle folder, ReadOnlySpan<byte> path, out FileStat stat, out int errno) =>
        Stat(folder, path, OperatingSystem.IsMacOS() ? 0x20 : 0x100, out stat, out errno);

    /// <summary>Asks what an open file is.</summary>
    public static FileStat Stat(SafeFileHandle file, string path)
    {
        // AT_EMPTY_PATH of Linux; macOS has no such flag, and there nothing needs it but the length.
        if (OperatingSystem.IsMacOS())
        {
            return StatAt(WorkingFolder, System.Text.Encoding.UTF8.GetBytes(path));
        }

        return Stat(file, [], 0x1000, out FileStat stat, out int errno) ? stat : throw new NativeIOException("statx", path, errno);
    }

    /// <summary>Asks what an open file is; false with the error number when the call fails. Linux alone has it without a name.</summary>
    public static bool TryStat(SafeFileHandle file, out FileStat stat, out int errno) => Stat(file, [], 0x1000, out stat, out errno);

    /// <summary>Sets the modification time of a name without following a link; the access time stays.</summary>
    public static unsafe void SetModifiedAt(SafeFileHandle folder, ReadOnlySpan<byte> path, FileTime modified)
    {
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        bool mac = OperatingSystem.IsMacOS();
        long omit = mac ? -2 : (1L << 30) - 2;
        (long seconds, long nanoseconds) = Math.DivRem(modified.UnixNanoseconds, 1_000_000_000L);
        if (nanoseconds < 0)
        {
            seconds--;
            nanoseconds += 1_000_000_000L;
        }

        long* times = stackalloc long[] { 0, omit, seconds, nanoseconds };
        fixed (byte* terminated = Terminate(path, buffer))
        {
            Check(Imports.UTimeNsAt(folder, terminated, times, mac ? 0x20 : 0x100), "utimensat", path);
        }
    }

    /// <summary>Sets the modification time of an open file; the access time stays.</summary>
    public static unsafe void SetModified(SafeFileHandle file, FileTime modified, ReadOnlySpan<byte> path)
    {
        long seconds = Math.DivRem(modified.UnixNanoseconds, 1_000_000_000L, out long nanoseconds);
        long* times = stackalloc long[] { 0, (1L << 30) - 2, seconds, nanoseconds };
        Check(Imports.FUTimeNs(file, times), "futimens", path);
    }

    private static unsafe bool Stat(SafeFileHandle folder, ReadOnlySpan<byte> path, int flags, out FileStat stat, out int errno)
    {
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        Span<byte> raw = stackalloc byte[StatxBytes];
        fixed (byte* terminated = Terminate(path, buffer), result = raw)
        {
            int status;
            if (!OperatingSystem.IsMacOS())
            {
                status = Imports.StatX(folder, terminated, flags, StatxBasic, result);
            }
            else if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            {
                status = Imports.MacArmStatAt(folder, terminated, result, flags);
            }
            else
            {
                status = Imports.MacIntelStatAt(folder, terminated, result, flags);
            }

            errno = status == 0 ? 0 : Marshal.GetLastPInvokeError();
            stat = status != 0 ? default : OperatingSystem.IsMacOS() ? FileStat.FromMacStat(raw) : FileStat.FromStatx(raw);
            return status == 0;
        }
    }

    private static unsafe void Unlink(SafeFileHandle folder, ReadOnlySpan<byte> path, int flags)
    {
        Span<byte> buffer = stackalloc byte[MaximumPathBytes];
        fixed (byte* terminated = Terminate(path, buffer))
        {
            Check(Imports.UnlinkAt(folder, terminated, flags), "unlinkat", path);
        }
    }
}
