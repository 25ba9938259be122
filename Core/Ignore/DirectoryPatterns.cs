namespace W0rktree.Core.Ignore;

/// <summary>The patterns with a slash of one file, as they stand for the entries of one directory. Immutable and thread-safe.</summary>
/// <param name="literals">Names.</param>
/// <param name="names">What a name is held against, the last of the file first.</param>
/// <param name="paths">What the whole path is held against, likewise.</param>
internal sealed class DirectoryPatterns(LookupTable? literals, GlobCandidate[] names, GlobCandidate[] paths)
{
    /// <summary>No pattern matches here.</summary>
    public static DirectoryPatterns None { get; } = new(null, [], []);

    /// <summary>Gets whether <see cref="FindLast"/> looks at the path and not at the name alone.</summary>
    public bool NeedPath => paths.Length > 0;

    /// <summary>Gives the number of the last pattern that matches, if it is larger than <paramref name="best"/>, else that.</summary>
    public int FindLast(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isDirectory, int best)
    {
        if (literals is not null)
        {
            best = Math.Max(best, literals.Find(name, isDirectory));
        }

        best = GlobCandidate.FindFirst(names, name, isDirectory, best);
        return GlobCandidate.FindFirst(paths, path, isDirectory, best);
    }
}
