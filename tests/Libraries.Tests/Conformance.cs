namespace W0rktree.Libraries.Tests;

/// <summary>Finds the published conformance data, which lies beside the repository and is never part of it.</summary>
internal static class Conformance
{
    /// <summary>Returns the full path of a file or folder of the conformance data, or null where it is absent.</summary>
    public static string? Find(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                var path = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "conformance", relativePath));
                return Path.Exists(path) ? path : null;
            }
        }

        return null;
    }
}

/// <summary>A fact that is skipped, with its reason, where the conformance data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute(string relativePath)
    {
        if (Conformance.Find(relativePath) is null)
        {
            Skip = $"The conformance data ../shared/conformance/{relativePath} is absent.";
        }
    }
}

/// <summary>A theory that is skipped, with its reason, where the conformance data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceTheoryAttribute : TheoryAttribute
{
    public ConformanceTheoryAttribute(string relativePath)
    {
        if (Conformance.Find(relativePath) is null)
        {
            Skip = $"The conformance data ../shared/conformance/{relativePath} is absent.";
        }
    }
}
