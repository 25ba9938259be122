using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W0rktree.Cli.Agent;

/// <summary>
/// The turn to start the agent. Of many commands at once, one starts it and the others wait for that; without turns each would
/// start a process, of which all but one find the agent's lock taken. Advice only: the agent's lock is what counts.
/// </summary>
internal sealed partial class StartTurn : IDisposable
{
    private const int Exclusive = 2; // LOCK_EX

    private readonly SafeFileHandle? _file;

    private StartTurn(SafeFileHandle? file) => _file = file;

    /// <summary>Waits until no other command is starting the agent that listens at a socket.</summary>
    public static StartTurn Take(string socketPath)
    {
        if (OperatingSystem.IsWindows())
        {
            return new StartTurn(null);
        }

        try
        {
            var folder = Path.GetDirectoryName(socketPath)!;
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var file = File.OpenHandle(Path.Combine(folder, "start.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _ = Lock(file, Exclusive); // Interrupted or refused: then it goes without.
            return new StartTurn(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StartTurn(null); // A folder that is not ours: the agent will say so.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
