using System.Diagnostics;
using System.Runtime.InteropServices;
using W0rktree.Silo.Hosting;

namespace W0rktree.Silo.Commands;

/// <summary>Asks a server to stop and waits until it has.</summary>
internal static partial class StopCommand
{
    private const int Terminate = 15;

    // Open calls get thirty seconds from the host; then come the writes that are under way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(ServerSettings settings)
    {
        if (ServerRecord.Running(settings.DataFolder) is not { } running)
        {
            await Console.Error.WriteLineAsync($"No server runs on '{settings.DataFolder}'.");
            return 3;
        }

        try
        {
            using var process = Process.GetProcessById(running.Pid);
            if (Kill(running.Pid, Terminate) != 0)
            {
                await Console.Error.WriteLineAsync($"The server with pid {running.Pid} cannot be told to stop: it belongs to somebody else.");
                return 1;
            }

            await process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
            return 0;
        }
        catch (ArgumentException)
        {
            return 0; // It ended by itself in between.
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync($"The server with pid {running.Pid} was told to stop and still runs after {Patience.TotalSeconds} seconds.");
            return 1;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
