namespace W0rktree.TestKit;

/// <summary>Finds files of the checkout that the tests run from.</summary>
public static class Repository
{
    /// <summary>Gets the checkout's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the folder of the shared conformance data, or null where only the clone is there.</summary>
    public static string? Conformance
    {
        get
        {
            var folder = Path.Combine(Root, "..", "shared", "conformance");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No checkout above {AppContext.BaseDirectory}.");
    }
}
