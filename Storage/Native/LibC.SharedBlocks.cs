using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Storage.Native;

public static partial class LibC
{
    // FICLONE of linux/fs.h as architectures of today number it: _IOW(0x94, 9, int).
    private const nuint CloneRequest = 0x4004_9409;

    /// <summary>
    /// Gives an empty file the content of another by sharing its blocks (reflink): nothing is copied until one of both is written.
    /// False with the error number where the file system has no such thing, or the files lie on two. Linux only.
    /// </summary>
    public static bool TryShareBlocks(SafeFileHandle from, SafeFileHandle to, out int errno)
    {
        while (Imports.IoCtl(to, CloneRequest, from) != 0)
        {
            errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                return false;
            }
        }

        errno = 0;
        return true;
    }
}
