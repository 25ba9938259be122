using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

public static partial class LibC
{
    private const int MacFullSync = 51;
    private const int LockExclusive = 2;
    private const int LockNoWait = 4;
    private const int LockRelease = 8;

    /// <summary>
    /// Makes content and metadata of a file or directory durable. Never retried: after a failure the kernel may have
    /// dropped the dirty pages and a second call would report success for data that is gone.
    /// </summary>
    public static void SyncAll(SafeFileHandle file, string path)
    {
        // fsync of macOS leaves data in the drive's cache; some file systems there refuse F_FULLFSYNC.
        if (OperatingSystem.IsMacOS() && Imports.FCntl(file, MacFullSync) == 0)
        {
            return;
        }

        Check(Imports.FSync(file), "fsync", path);
    }

    /// <summary>Makes the content of a file, and the metadata needed to read it, durable. Never retried.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsMacOS())
        {
            SyncAll(file, path);
            return;
        }

        Check(Imports.FDataSync(file), "fdatasync", path);
    }

    /// <summary>
    /// Asks the kernel to begin writing a part of a file to the disk, so that a later sync finds little left. Promises nothing, and
    /// what goes wrong the sync tells.
    /// </summary>
    public static void BeginWriteBack(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Imports.SyncFileRange(file, offset, length, 2); // SYNC_FILE_RANGE_WRITE
        }
    }

    /// <summary>Makes the calling thread give way to every other thread that wants to run. Linux alone has it for one thread.</summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            // Not the lowest: a thread that holds a lock, or that a collection of garbage waits for, must get its turn.
            _ = Imports.SetPriority(0, 0, 10);
        }
    }

    /// <summary>Makes the names in a directory durable: needed after every create, rename and unlink that must last.</summary>
    public static void SyncFolder(string path)
    {
        using SafeFileHandle folder = OpenFolder(path);
        SyncAll(folder, path);
    }

    /// <summary>Takes the exclusive lock of an open file; false when another open file has it. Released by closing.</summary>
    public static bool TryLock(SafeFileHandle file, string path)
    {
        while (Imports.FLock(file, LockExclusive | LockNoWait) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.WouldBlock)
            {
                return false;
            }

            ThrowUnlessInterrupted("flock", path);
        }

        return true;
    }

    /// <summary>Releases the lock of an open file.</summary>
    public static void Unlock(SafeFileHandle file, string path) => Check(Imports.FLock(file, LockRelease), "flock", path);

    /// <summary>Sets the length of a file.</summary>
    public static void SetLength(SafeFileHandle file, long length, string path)
    {
        while (Imports.FTruncate(file, length) != 0)
        {
            ThrowUnlessInterrupted("ftruncate", path);
        }
    }

    /// <summary>Sets the permission bits of an open file, whatever the umask.</summary>
    public static void SetMode(SafeFileHandle file, int mode, ReadOnlySpan<byte> path) =>
        Check(Imports.FChMod(file, (uint)mode), "fchmod", path);

    /// <summary>
    /// Reserves space so that later writes cannot fail for lack of it; false where the file system cannot.
    /// </summary>
    public static bool TryAllocate(SafeFileHandle file, long length, string path)
    {
        if (!OperatingSystem.IsLinux() || length <= 0)
        {
            return false;
        }

        if (Imports.FAllocate(file, 0, 0, length) == 0)
        {
            return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.NoSpace ? throw new NativeIOException("fallocate", path, errno) : false;
    }

    /// <summary>Duplicates a descriptor, for an owner with a lifetime of its own.</summary>
    public static SafeFileHandle Duplicate(SafeFileHandle file, string path)
    {
        int descriptor = Imports.Dup(file);
        return descriptor < 0
            ? throw new NativeIOException("dup", path, Marshal.GetLastPInvokeError())
            : new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
