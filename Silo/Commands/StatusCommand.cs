using System.Text.Json;
using W0rktree.Silo.Hosting;

namespace W0rktree.Silo.Commands;

/// <summary>Says whether a server runs, and where.</summary>
internal static class StatusCommand
{
    /// <summary>Runs it.</summary>
    public static int Run(ServerSettings settings)
    {
        var running = ServerRecord.Running(settings.DataFolder);
        Console.WriteLine(running is null
            ? """{"running":false}"""
            : JsonSerializer.Serialize(new { Running = true, running.Address, running.Pid }, JsonSerializerOptions.Web));
        return running is null ? 3 : 0;
    }
}
