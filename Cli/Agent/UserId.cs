using System.Runtime.InteropServices;

namespace W0rktree.Cli.Agent;

/// <summary>Asks the system who the user is.</summary>
internal static partial class UserId
{
    /// <summary>Gets the effective user id; 0 on Windows, where the pipe's name needs none.</summary>
    public static uint Current => OperatingSystem.IsWindows() ? 0 : GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
