using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Starts the agent in a session of its own, so that it outlives the terminal in which a command started it.</summary>
internal static partial class Detaching
{
    /// <summary>The argument by which a started process knows that it is to leave the starter's session.</summary>
    public const string DetachedArgument = "--detached";

    private const int SetFileFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Starts this program anew and waits until an agent listens. Gives the exit code.</summary>
    public static async Task<int> StartAsync(AgentPaths paths, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await IpcProbe.IsListeningAsync(paths.Socket, cancellationToken))
        {
            return ExitCodes.Ok;
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, CreateNoWindow = true, WorkingDirectory = "/" };
        foreach (var argument in RuntimeArguments().Append(DetachedArgument))
        {
            start.ArgumentList.Add(argument);
        }

        KeepOpenFilesFromChildren();
        using var process = Process.Start(start)!;
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < s_limit)
        {
            if (await IpcProbe.IsListeningAsync(paths.Socket, cancellationToken))
            {
                return ExitCodes.Ok;
            }

            // Another agent has the lock and may still be about to listen: the next rounds find it.
            if (process.HasExited && process.ExitCode != ExitCodes.AnotherAgentRuns)
            {
                return process.ExitCode == 0 ? ExitCodes.Failed : process.ExitCode;
            }

            await Task.Delay(s_pause, time, cancellationToken);
        }

        return ExitCodes.Failed;
    }

    /// <summary>Leaves the starter's session and its terminal; what is written to the standard streams goes to the log.</summary>
    public static void Leave(string log)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        _ = SetSession();
        Directory.SetCurrentDirectory("/"); // Or the starter's folder could not be unmounted.
        using var nothing = LibC.Open("/dev/null", OpenFlags.Read);
        using var output = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _ = Duplicate2(nothing, 0);
        _ = Duplicate2(output.SafeFileHandle, 1);
        _ = Duplicate2(output.SafeFileHandle, 2);
    }

    /// <summary>
    /// What the starter has open above the standard streams, such as a lock of a script or the pipe of a build, must not stay open for
    /// as long as the agent lives. Linux only: .NET offers no way to say so for a child.
    /// </summary>
    private static void KeepOpenFilesFromChildren()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var path in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var file) && file > 2)
            {
                // One that was closed meanwhile, as the listing's own, needs nothing.
                _ = FileControl(file, SetFileFlags, CloseOnExec);
            }
        }
    }

    // Under 'dotnet worktree-worker.dll' the program is the runtime, and the assembly its first argument.
    private static IEnumerable<string> RuntimeArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int file, int command, int value);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate2(SafeFileHandle from, int to);
}

/// <summary>Says how the program ended.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>Another agent of this user runs.</summary>
    public const int AnotherAgentRuns = 3;
}
