namespace W0rktree.Standins.Tests;

/// <summary>Finds the stand-ins that the build made, by the list that it wrote beside the tests.</summary>
internal static class StandinAssemblies
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Paths = new(() => File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "standins.txt"))
        .Select(line => line.Split('|'))
        .ToDictionary(parts => Path.GetFileNameWithoutExtension(parts[0].Replace('\\', '/')), parts => parts[1]));

    public static IEnumerable<string> All => Paths.Value.Values;

    public static bool InUse(string standin) => Paths.Value.ContainsKey(standin);

    public static string PathOf(string standin) => Paths.Value[standin];
}
