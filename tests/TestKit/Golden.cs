namespace W0rktree.TestKit;

/// <summary>Compares text with a file of the checkout. <c>WT_UPDATE_GOLDENS=1</c> writes the file instead, for a person to review.</summary>
public static class Golden
{
    /// <summary>Gives the expected text, after writing the actual one where an update was asked for.</summary>
    public static string Expect(string relativePath, string actual)
    {
        var path = Path.Combine(Repository.Root, relativePath);
        if (Environment.GetEnvironmentVariable("WT_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        return File.Exists(path) ? File.ReadAllText(path) : $"{relativePath} does not exist; run the tests once with WT_UPDATE_GOLDENS=1 and review it.";
    }
}
