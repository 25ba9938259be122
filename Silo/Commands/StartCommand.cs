using System.Text.Json;
using W0rktree.Silo.Hosting;
using W0rktree.Silo.Listening;
using W0rktree.Storage.Files;

namespace W0rktree.Silo.Commands;

/// <summary>Runs a server until it is told to stop.</summary>
internal static class StartCommand
{
    /// <summary>Runs it. One line on standard output says when it is ready; everything else goes to standard error.</summary>
    public static async Task<int> RunAsync(ServerSettings settings)
    {
        CreateFolder(settings.DataFolder);
        if (!StoreLock.TryTake(ServerRecord.LockFile(settings.DataFolder), "worktree-server").TryGet(out var held, out _))
        {
            var owner = ServerRecord.Running(settings.DataFolder);
            await Console.Error.WriteLineAsync($"A server with pid {owner?.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} runs on '{settings.DataFolder}' already.");
            return 1;
        }

        using (held)
        {
            await using var app = ServerHost.Build(settings);
            try
            {
                await app.StartAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"The server cannot start: {e.Message}");
                return 1;
            }

            var address = Listener.AddressOf(app.Services);
            await new ServerRecord(Environment.ProcessId, address).SaveAsync(settings.DataFolder, CancellationToken.None);
            Console.WriteLine(JsonSerializer.Serialize(new { Ready = true, Address = address, Pid = Environment.ProcessId }, JsonSerializerOptions.Web));
            await app.WaitForShutdownAsync();
            ServerRecord.Delete(settings.DataFolder);
        }

        return 0;
    }

    /// <summary>Makes the folder for its owner alone: hashes of passwords and everybody's work are in it.</summary>
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
