using System.Security.Cryptography;
using W0rktree.Silo.Audit;
using W0rktree.Storage.Files;

namespace W0rktree.Silo.Hosting;

/// <summary>Keeps the key that vouches for the audit, in a file beside the database.</summary>
internal static class AuditKeyFile
{
    private const int SizeBytes = 32;

    /// <summary>Reads the key file, or draws a key and makes the file, durably.</summary>
    public static AuditKey Load(string file)
    {
        if (File.Exists(file))
        {
            var known = File.ReadAllBytes(file);
            return known.Length == SizeBytes ? new AuditKey(known) : throw new InvalidDataException($"'{file}' holds {known.Length} bytes and no audit key.");
        }

        // In a folder that is its owner's alone, like everything the server keeps.
        var drawn = RandomNumberGenerator.GetBytes(SizeBytes);
        var files = StoreFiles.Default;
        var fresh = file + AtomicFile.UnfinishedSuffix;
        if (files.Exists(fresh))
        {
            files.Delete(fresh);
        }

        using (var created = files.Create(fresh))
        {
            created.Write(drawn, 0);
            created.SyncData();
        }

        files.Rename(fresh, file);
        files.SyncFolder(Path.GetDirectoryName(file)!);
        return new AuditKey(drawn);
    }
}
