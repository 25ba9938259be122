namespace W0rktree.Core.Ignore;

/// <summary>
/// The patterns of one file, arranged so that the last one that matches is found without trying them one by one:
/// literal names, literal paths and <c>*.ext</c> by hashing, globs by the literal they begin with, and only the rest in
/// a row.
/// </summary>
internal sealed class PatternIndex
{
    private readonly LookupTable _names = new();
    private readonly LookupTable _paths = new();
    private readonly LookupTable _suffixes = new();
    private readonly GlobTable _nameGlobs = new();
    private readonly GlobTable _pathGlobs = new();
    private readonly bool _ignoreCase;

    public PatternIndex(IReadOnlyList<IgnorePattern> patterns, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        // From the last to the first: the order of precedence, in which globs are tried.
        for (var number = patterns.Count - 1; number >= 0; number--)
        {
            if (patterns[number] is { Glob: not null } glob)
            {
                (glob.OnName ? _nameGlobs : _pathGlobs).Add(number, glob);
            }
        }

        for (var number = 0; number < patterns.Count; number++)
        {
            var pattern = patterns[number];
            if (pattern.Suffix is { } suffix)
            {
                _suffixes.Add(suffix, number, pattern.DirectoryOnly);
            }
            else if (pattern.Glob is null)
            {
                (pattern.OnName ? _names : _paths).Add(pattern.Literal, number, pattern.DirectoryOnly);
            }
        }
    }

    /// <summary>Gives the number of the last pattern that matches, or -1.</summary>
    /// <param name="path">The path from the ignore file's directory.</param>
    /// <param name="isDirectory">Whether the path is a directory.</param>
    public int FindLast(ReadOnlySpan<byte> path, bool isDirectory)
    {
        if (_ignoreCase)
        {
            path = IgnorePattern.Fold(path);
        }

        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var best = Math.Max(_names.Find(name, isDirectory), _paths.Find(path, isDirectory));
        foreach (var length in _suffixes.Lengths)
        {
            if (length <= name.Length && _suffixes.MayEndIn(name))
            {
                best = Math.Max(best, _suffixes.Find(name[^length..], isDirectory));
            }
        }

        return _pathGlobs.FindLast(path, isDirectory, _nameGlobs.FindLast(name, isDirectory, best));
    }
}
