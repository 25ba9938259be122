using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace W0rktree.Architecture.Tests;

/// <summary>The rooms of the product, and the assemblies that the build made of them.</summary>
internal static class Product
{
    /// <summary>Each room's assembly; the programs have names of their own.</summary>
    public static readonly IReadOnlyDictionary<string, string> Assemblies = new Dictionary<string, string>
    {
        ["Core"] = "W0rktree.Core",
        ["Storage"] = "W0rktree.Storage",
        ["Ipc"] = "W0rktree.Protocol.Ipc",
        ["Protocol"] = "W0rktree.Protocol",
        ["Grains.Abstractions"] = "W0rktree.Grains.Abstractions",
        ["Grains"] = "W0rktree.Grains",
        ["LocalAgent"] = "worktree-worker",
        ["Cli"] = "wt",
        ["Silo"] = "worktree-server",
    };

    public static Assembly Load(string room) => Assembly.LoadFrom(PathOf(room));

    public static string PathOf(string room) => Path.Combine(AppContext.BaseDirectory, Assemblies[room] + ".dll");

    /// <summary>Reads a room's metadata without loading it.</summary>
    public static T Read<T>(string room, Func<MetadataReader, T> read)
    {
        using var file = new PEReader(File.OpenRead(PathOf(room)));
        return read(file.GetMetadataReader());
    }
}
