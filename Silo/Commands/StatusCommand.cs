using System.Text.Json;
using W0rktree.Silo.Hosting;

namespace W0rktree.Silo.Commands;

/// <summary>Says whether a server runs, and where.</summary>
internal static class StatusCommand
{
    /// <summary>Runs it. Exit code 0 means that the server answers; 3 that none runs, or that it is still starting.</summary>
    public static int Run(ServerSettings settings)
    {
        var running = ServerRecord.Running(settings.DataFolder);
        Console.WriteLine(running is null
            ? """{"running":false}"""
            : JsonSerializer.Serialize(new { Running = true, Ready = running.Address.Length > 0, running.Address, running.Pid }, JsonSerializerOptions.Web));
        return running is { Address.Length: > 0 } ? 0 : 3;
    }
}
