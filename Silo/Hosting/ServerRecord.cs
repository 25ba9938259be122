using System.Text.Json;
using W0rktree.Storage.Files;

namespace W0rktree.Silo.Hosting;

/// <summary>Tells others where the server of a data folder is: <c>server.json</c>. Whether it runs says the lock alone.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Address">Where it listens.</param>
internal sealed record ServerRecord(int Pid, string Address)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Gives the lock that a running server holds.</summary>
    public static string LockFile(string dataFolder) => Path.Combine(dataFolder, "server.lock");

    /// <summary>Reads the record; null where there is none that can be read.</summary>
    public static ServerRecord? Load(string dataFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerRecord>(File.ReadAllBytes(FileOf(dataFolder)), Options);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Gives the record of the server that runs on a folder at this moment; null where none does.</summary>
    public static ServerRecord? Running(string dataFolder)
    {
        if (!File.Exists(LockFile(dataFolder)))
        {
            return null;
        }

        var taken = StoreLock.TryTake(LockFile(dataFolder), "worktree-server");
        if (taken.IsOk)
        {
            taken.Value.Dispose();
            return null;
        }

        // The lock's own owner is the truth; a record of somebody else is left over from a server that was killed.
        var owner = StoreLock.ReadOwner(LockFile(dataFolder));
        return owner is null ? null : Load(dataFolder) is { } record && record.Pid == owner.Pid ? record : new ServerRecord(owner.Pid, "");
    }

    /// <summary>Writes the record.</summary>
    public async Task SaveAsync(string dataFolder, CancellationToken cancellationToken) =>
        await AtomicFile.WriteAsync(FileOf(dataFolder), JsonSerializer.SerializeToUtf8Bytes(this, Options), Convert.ToInt32("600", 8), cancellationToken);

    /// <summary>Removes the record.</summary>
    public static void Delete(string dataFolder) => File.Delete(FileOf(dataFolder));

    private static string FileOf(string dataFolder) => Path.Combine(dataFolder, "server.json");
}
