using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.LocalAgent.Git.Process;

/// <summary>
/// Makes the pipe from git as large as Linux allows everybody (pipe(7), /proc/sys/fs/pipe-max-size): 64 KiB would make the two processes
/// take turns tens of times for each megabyte.
/// </summary>
internal static partial class PipeSize
{
    private const int SetPipeSize = 1031;
    private const int SizeBytes = 1 << 20;

    /// <summary>Tries; a smaller pipe works too.</summary>
    public static void Enlarge(Stream stream)
    {
        if (OperatingSystem.IsLinux() && stream is PipeStream pipe)
        {
            _ = Fcntl(pipe.SafePipeHandle, SetPipeSize, SizeBytes);
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafePipeHandle pipe, int command, int argument);
}
