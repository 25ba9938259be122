using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using W0rktree.Core.Paths;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>
/// Opens paths beneath a directory without ever following a symlink, not even one that is swapped in while the path is
/// walked: by openat2(2) where the kernel has it, else name by name with O_NOFOLLOW.
/// </summary>
internal sealed partial class BeneathRoot : IDisposable
{
    private const nint OpenAt2Number = 437; // The same on every architecture.
    private const ulong NoMagicLinks = 0x02;
    private const ulong NoSymlinks = 0x04;
    private const ulong Beneath = 0x08;
    private const ulong CloseOnExec = 0x80000;
    private const int NotPermitted = 1;
    private const int AgainErrno = 11;

    private static volatile bool s_hasOpenAt2 = OperatingSystem.IsLinux();

    private readonly SafeFileHandle _root;

    public BeneathRoot(string root)
    {
        Path = root;
        _root = LibC.OpenFolder(root);
    }

    /// <summary>Gets the absolute path, for messages.</summary>
    public string Path { get; }

    public SafeFileHandle Root => _root;

    /// <summary>Gets whether the path still leads to the directory that was opened.</summary>
    public bool IsInPlace
    {
        get
        {
            try
            {
                using var now = LibC.OpenFolder(Path);
                return LibC.Stat(now, Path).Inode == LibC.Stat(_root, Path).Inode;
            }
            catch (NativeIOException)
            {
                return false;
            }
        }
    }

    /// <summary>Opens a directory; null with the error number where that is not possible. The caller disposes it.</summary>
    public SafeFileHandle? TryOpenFolder(TreePath path, out int errno) => TryOpen(path, OpenFlags.Read | OpenFlags.Directory, out errno);

    /// <summary>Opens a file or directory; null with the error number where that is not possible.</summary>
    public SafeFileHandle? TryOpen(TreePath path, OpenFlags flags, out int errno)
    {
        if (path.IsRoot)
        {
            // Opened anew: a duplicate would share its place in the listing, and a second listing would find nothing.
            return LibC.TryOpenAt(_root, "."u8, OpenFlags.Read | OpenFlags.Directory, 0, out errno);
        }

        flags |= OpenFlags.NoFollow;
        return s_hasOpenAt2 && !flags.HasFlag(OpenFlags.Create) ? TryOpenAt2(path, flags, out errno) : TryWalk(path, flags, out errno);
    }

    /// <summary>
    /// Makes a file where nothing stands yet, its folder being there; null with the error number where that is not possible. Linux
    /// with openat2 alone does it in one step; elsewhere the folder is opened first.
    /// </summary>
    public SafeFileHandle? TryCreate(TreePath path, int mode, out int errno)
    {
        const OpenFlags Flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        if (s_hasOpenAt2)
        {
            return TryOpenAt2(path, Flags, out errno, mode);
        }

        return TryCreateStepwise(path, Flags, mode, out errno);
    }

    public void Dispose() => _root.Dispose();

    /// <summary>Tells whether an error number means that nothing usable stands at a path: gone, or another kind than asked for.</summary>
    public static bool IsAbsent(int errno) => errno is Errno.NotFound or Errno.NotDirectory || errno == Errno.TooManyLinks;

    [SkipLocalsInit]
    private SafeFileHandle? TryOpenAt2(TreePath path, OpenFlags flags, out int errno, int mode = 0)
    {
        Span<byte> terminated = stackalloc byte[TreePath.MaxBytes + 1];
        path.Bytes.CopyTo(terminated);
        terminated[path.Bytes.Length] = 0;
        var how = new OpenHow { Mode = (uint)mode, Flags = CloseOnExec | (uint)ToNative(flags), Resolve = Beneath | NoSymlinks | NoMagicLinks };
        while (true)
        {
            var descriptor = (int)OpenAt2(OpenAt2Number, _root, terminated, ref how, (nuint)Marshal.SizeOf<OpenHow>());
            errno = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            // EAGAIN: a rename raced with the walk, and the kernel could not tell whether it stayed beneath.
            if (errno is Errno.Interrupted or AgainErrno)
            {
                continue;
            }

            // EPERM is what sandboxes answer to calls that they do not know.
            if (errno == Errno.NoSystemCall || errno == NotPermitted)
            {
                s_hasOpenAt2 = errno != Errno.NoSystemCall && s_hasOpenAt2;
                return mode == 0 ? TryWalk(path, flags, out errno) : TryCreateStepwise(path, flags, mode, out errno);
            }

            return null;
        }
    }

    private SafeFileHandle? TryCreateStepwise(TreePath path, OpenFlags flags, int mode, out int errno)
    {
        using var folder = TryOpenFolder(path.Parent, out errno);
        return folder is null ? null : LibC.TryOpenAt(folder, path.Name.Bytes, flags, mode, out errno);
    }

    private SafeFileHandle? TryWalk(TreePath path, OpenFlags flags, out int errno)
    {
        var folder = _root;
        errno = 0;
        var names = path.Names().ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            var last = i == names.Length - 1;
            var next = LibC.TryOpenAt(folder, names[i].Bytes, last ? flags : OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0x180, out errno);
            if (folder != _root)
            {
                folder.Dispose();
            }

            if (next is null || last)
            {
                return next;
            }

            folder = next;
        }

        return null;
    }

    private static int ToNative(OpenFlags flags)
    {
        var arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        var native = (int)flags & 3;
        native |= flags.HasFlag(OpenFlags.NonBlocking) ? 0x800 : 0;
        native |= flags.HasFlag(OpenFlags.Create) ? 0x40 : 0;
        native |= flags.HasFlag(OpenFlags.Exclusive) ? 0x80 : 0;
        native |= !flags.HasFlag(OpenFlags.Directory) ? 0 : arm ? 0x4000 : 0x10000;
        return native | (arm ? 0x8000 : 0x20000);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenAt2(nint number, SafeFileHandle folder, ReadOnlySpan<byte> path, ref OpenHow how, nuint sizeBytes);

    /// <summary>The kernel's <c>struct open_how</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
