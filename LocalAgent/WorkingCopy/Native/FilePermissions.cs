namespace W0rktree.LocalAgent.WorkingCopy.Native;

/// <summary>Computes permission bits of checked-out files.</summary>
internal static class FilePermissions
{
    /// <summary>Sets execute where read is set, as <c>chmod +x</c> under a common umask does, or clears all execute bits.</summary>
    public static int WithExecute(int mode, bool executable) =>
        executable ? mode | ((mode & 0x124) >> 2) : mode & ~0x49;
}
