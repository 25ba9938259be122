namespace W0rktree.Cli;

/// <summary>Tells addresses of git's repositories from those of worktrees.</summary>
internal static class GitAddress
{
    private static readonly string[] s_schemes = ["git://", "ssh://", "file://", "git+ssh://"];

    /// <summary>
    /// Gives what git is to be asked for, or null where the address is a worktree's: a directory with a repository, a scheme
    /// that only git has, <c>user@host:path</c>, or anything that ends in <c>.git</c>.
    /// </summary>
    public static string? Of(string address, Func<string, string> absolute)
    {
        var path = absolute(address);
        if (Directory.Exists(path) && (Path.Exists(Path.Combine(path, ".git")) || (File.Exists(Path.Combine(path, "HEAD")) && Directory.Exists(Path.Combine(path, "objects")))))
        {
            return path;
        }

        var hasScheme = address.Contains("://", StringComparison.Ordinal);
        var isGit = s_schemes.Any(scheme => address.StartsWith(scheme, StringComparison.Ordinal))
            || (!hasScheme && address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && address.IndexOf(':', at) > at)
            || (hasScheme && address.TrimEnd('/').EndsWith(".git", StringComparison.Ordinal));
        return isGit && !address.StartsWith('-') ? address : null;
    }

    /// <summary>Gives the name that a repository's directory gets by default.</summary>
    public static string NameOf(string address)
    {
        var last = address.TrimEnd('/').Split('/', ':')[^1];
        return last.EndsWith(".git", StringComparison.Ordinal) && last.Length > 4 ? last[..^4] : last;
    }
}
