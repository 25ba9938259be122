namespace W0rktree.Grains.Access.Policies;

/// <summary>Compares paths as policies write them: <c>/</c>-separated, exact, or a folder with a trailing <c>/</c>.</summary>
internal static class PolicyPath
{
    /// <summary>Tells whether a text names one file or tree: no empty segment, no <c>.</c> and no <c>..</c>.</summary>
    public static bool IsPath(ReadOnlySpan<char> path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (path[segment] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tells whether a text can stand in a rule: a path, with or without a trailing <c>/</c>.</summary>
    public static bool IsPattern(string pattern) => IsPath(pattern.EndsWith('/') ? pattern.AsSpan(0, pattern.Length - 1) : pattern);

    /// <summary>Tells whether a pattern covers a path: the path itself, or what is below a folder; never the folder itself.</summary>
    public static bool Covers(string pattern, ReadOnlySpan<char> path) =>
        pattern.EndsWith('/') ? path.StartsWith(pattern, StringComparison.Ordinal) : path.SequenceEqual(pattern);

    /// <summary>Tells whether a tree is another or nested in it.</summary>
    public static bool IsAtOrBelow(string tree, string above) =>
        above.Length == 0 || (tree.StartsWith(above, StringComparison.Ordinal) && (tree.Length == above.Length || tree[above.Length] == '/'));

    /// <summary>Counts a path of a tree from the worktree's root.</summary>
    public static string Join(string tree, string path) => tree.Length == 0 ? path : $"{tree}/{path}";
}
