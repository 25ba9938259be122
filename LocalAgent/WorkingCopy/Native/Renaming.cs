using Microsoft.Win32.SafeHandles;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>Renames that never replace, and exchanges of two names, also where the file system has no flags for them.</summary>
internal static class Renaming
{
    /// <summary>Renames; false where a name is taken, is missing or is of another kind.</summary>
    public static bool TryRename(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> target, RenameMode mode)
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
}
