using System.Reflection;
using W0rktree.Standins.Tests.Metadata;

namespace W0rktree.Standins.Tests;

/// <summary>
/// Finds the real assemblies that the build downloaded. A folder of further ones (from a whole registry, say) can be
/// named in the environment variable <c>REFERENCE_ASSEMBLIES</c>.
/// </summary>
internal static class ReferenceAssemblies
{
    private static readonly ILookup<string, string> Metadata = typeof(ReferenceAssemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToLookup(attribute => attribute.Key, attribute => attribute.Value ?? "");

    private static readonly Lazy<IReadOnlyList<string>> Files = new(() => [.. Packages().SelectMany(LibraryFiles).Concat(ExtraFiles())]);

    /// <summary>The packages that undownloadable.txt takes as readable: without one of them its types have no witness.</summary>
    public static IEnumerable<string> Missing(IEnumerable<string> needed) => needed.Where(package => !Metadata.Contains(package));

    public static IReadOnlyList<ApiAssembly> Read() => [.. Files.Value.Select(ApiReader.Read)];

    public static IReadOnlyList<ApiUse> ReadUses() => [.. Files.Value.SelectMany(UseReader.Read)];

    private static IEnumerable<(string Id, string Version)> Packages() =>
        from package in Metadata
        where package.Key is not ("PackageFolder" or "RepositoryRoot")
        where char.IsAsciiDigit(package.First().FirstOrDefault('x'))
        select (package.Key, package.First());

    private static IEnumerable<string> LibraryFiles((string Id, string Version) package)
    {
        var library = Path.Combine(Metadata["PackageFolder"].First(), package.Id.ToLowerInvariant(), package.Version, "lib");
        var best = Directory.GetDirectories(library).Where(folder => Rank(Path.GetFileName(folder)) >= 0).MaxBy(folder => Rank(Path.GetFileName(folder)));
        return best is null ? [] : Directory.GetFiles(best, "*.dll");
    }

    private static IEnumerable<string> ExtraFiles() =>
        Environment.GetEnvironmentVariable("REFERENCE_ASSEMBLIES") is { Length: > 0 } folder ? Directory.GetFiles(folder, "*.dll") : [];

    // The folder that a net10.0 project would get.
    private static double Rank(string framework) => framework switch
    {
        "netstandard2.0" => 0,
        "netstandard2.1" => 1,
        _ when framework.StartsWith("net", StringComparison.Ordinal) && double.TryParse(framework[3..], System.Globalization.CultureInfo.InvariantCulture, out var version) && version <= 10 => version,
        _ => -1,
    };
}
