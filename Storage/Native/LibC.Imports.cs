using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

public static partial class LibC
{
    // SafeFileHandle keeps a descriptor alive for the length of a call, so a concurrent Dispose cannot make a write
    // land in another file that got the same number.
    private static partial class Imports
    {
        private const string Library = "libc";

        [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
        public static unsafe partial int OpenAt(SafeFileHandle folder, byte* path, int flags, int mode);

        [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
        public static unsafe partial nint Read(SafeFileHandle file, byte* buffer, nint count);

        [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
        public static unsafe partial nint PRead(SafeFileHandle file, byte* buffer, nint count, long offset);

        [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
        public static unsafe partial nint Write(SafeFileHandle file, byte* buffer, nint count);

        [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
        public static unsafe partial nint PWrite(SafeFileHandle file, byte* buffer, nint count, long offset);

        [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
        public static partial int FSync(SafeFileHandle file);

        [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
        public static partial int FDataSync(SafeFileHandle file);

        [LibraryImport(Library, EntryPoint = "sync_file_range", SetLastError = true)]
        public static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

        [LibraryImport(Library, EntryPoint = "setpriority", SetLastError = true)]
        public static partial int SetPriority(int which, uint who, int priority);

        [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
        public static partial int FCntl(SafeFileHandle file, int command);

        [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
        public static partial int FLock(SafeFileHandle file, int operation);

        [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
        public static partial int FTruncate(SafeFileHandle file, long length);

        [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
        public static partial int FChMod(SafeFileHandle file, uint mode);

        [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
        public static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

        [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true)]
        public static unsafe partial int RenameAt(SafeFileHandle oldFolder, byte* oldPath, SafeFileHandle newFolder, byte* newPath);

        [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true)]
        public static unsafe partial int RenameAt2(
            SafeFileHandle oldFolder, byte* oldPath, SafeFileHandle newFolder, byte* newPath, uint flags);

        [LibraryImport(Library, EntryPoint = "renameatx_np", SetLastError = true)]
        public static unsafe partial int MacRenameAtX(
            SafeFileHandle oldFolder, byte* oldPath, SafeFileHandle newFolder, byte* newPath, uint flags);

        [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true)]
        public static unsafe partial int LinkAt(
            SafeFileHandle oldFolder, byte* oldPath, SafeFileHandle newFolder, byte* newPath, int flags);

        [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
        public static unsafe partial int UnlinkAt(SafeFileHandle folder, byte* path, int flags);

        [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
        public static unsafe partial int MkDirAt(SafeFileHandle folder, byte* path, uint mode);

        [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true)]
        public static unsafe partial int SymlinkAt(byte* target, SafeFileHandle folder, byte* path);

        [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
        public static unsafe partial nint ReadLinkAt(SafeFileHandle folder, byte* path, byte* buffer, nint size);

        [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
        public static unsafe partial int StatX(SafeFileHandle folder, byte* path, int flags, uint mask, byte* result);

        // With bare descriptors, for a call that opens and closes within itself.
        [LibraryImport(Library, EntryPoint = "read")]
        public static unsafe partial nint ReadDescriptor(int file, byte* buffer, nint count);

        [LibraryImport(Library, EntryPoint = "statx")]
        public static unsafe partial int StatXDescriptor(int file, byte* path, int flags, uint mask, byte* result);

        [LibraryImport(Library, EntryPoint = "close")]
        public static partial int CloseDescriptor(int file);

        [LibraryImport(Library, EntryPoint = "fstatat", SetLastError = true)]
        public static unsafe partial int MacArmStatAt(SafeFileHandle folder, byte* path, byte* result, int flags);

        [LibraryImport(Library, EntryPoint = "fstatat$INODE64", SetLastError = true)]
        public static unsafe partial int MacIntelStatAt(SafeFileHandle folder, byte* path, byte* result, int flags);

        // musl has no symbol getdents64, so the kernel is asked directly.
        [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
        public static unsafe partial nint GetDents(nint number, SafeFileHandle folder, byte* buffer, nint size);

        [LibraryImport(Library, EntryPoint = "__getdirentries64", SetLastError = true)]
        public static unsafe partial nint MacGetDirEntries(SafeFileHandle folder, byte* buffer, nint size, long* position);

        [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
        public static partial int IoCtl(SafeFileHandle file, nuint request, SafeFileHandle argument);

        [LibraryImport(Library, EntryPoint = "geteuid")]
        public static partial uint GetEUid();

        [LibraryImport(Library, EntryPoint = "dup", SetLastError = true)]
        public static partial int Dup(SafeFileHandle file);

        [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
        public static unsafe partial int FUTimeNs(SafeFileHandle file, long* times);

        [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true)]
        public static unsafe partial int UTimeNsAt(SafeFileHandle folder, byte* path, long* times, int flags);
    }
}
