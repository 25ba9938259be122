namespace W0rktree.Core.Ignore;

/// <summary>
/// The patterns of one file, arranged so that the last one that matches is found without trying them one by one: literal names
/// and <c>*.ext</c> by hashing, globs by the literals they begin and end with, and those with a slash once for all entries of a
/// directory.
/// </summary>
internal sealed class PatternIndex
{
    private readonly LookupTable _names = new();
    private readonly LookupTable _suffixes = new();
    private readonly GlobTable _nameGlobs = new();
    private readonly PathPatterns _paths = new();
    private readonly bool _ignoreCase;
    private Neighbour? _last;

    public PatternIndex(IReadOnlyList<IgnorePattern> patterns, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        // From the last to the first: the order of precedence, in which globs are tried.
        for (var number = patterns.Count - 1; number >= 0; number--)
        {
            var pattern = patterns[number];
            if (pattern is { Glob.IsMalformed: true })
            {
                continue; // It matches nothing.
            }

            if (!pattern.OnName)
            {
                _paths.Add(number, pattern);
            }
            else if (pattern.Glob is not null)
            {
                _nameGlobs.Add(new(number, pattern.DirectoryOnly, pattern.Literal, pattern.Glob));
            }
        }

        for (var number = 0; number < patterns.Count; number++)
        {
            if (patterns[number] is { OnName: true, Glob: null } pattern)
            {
                (pattern.Suffix is null ? _names : _suffixes).Add(pattern.Suffix ?? pattern.Literal, number, pattern.DirectoryOnly);
            }
        }
    }

    /// <summary>Gets whether some pattern has a slash, so that directories differ.</summary>
    public bool HasPaths => !_paths.IsEmpty;

    /// <summary>Gives the patterns with a slash as they stand for the entries of a directory.</summary>
    /// <param name="directory">The directory from that of the ignore file, with a slash at its end; empty for that itself.</param>
    public DirectoryPatterns In(ReadOnlySpan<byte> directory) =>
        _paths.IsEmpty ? DirectoryPatterns.None : _paths.In(_ignoreCase ? IgnorePattern.Fold(directory) : directory);

    /// <summary>Gives the number of the last pattern that matches, or -1.</summary>
    /// <param name="path">The path from the ignore file's directory.</param>
    /// <param name="isDirectory">Whether the path is a directory.</param>
    public int FindLast(ReadOnlySpan<byte> path, bool isDirectory)
    {
        var at = path.LastIndexOf((byte)'/') + 1;
        return FindLast(path, path[at..], isDirectory, _paths.IsEmpty ? DirectoryPatterns.None : Near(path[..at]));
    }

    /// <summary>Gives the number of the last pattern that matches an entry of a directory, or -1.</summary>
    /// <param name="path">The path from the ignore file's directory; looked at only where <see cref="DirectoryPatterns.NeedPath"/>.</param>
    /// <param name="name">Its last name.</param>
    /// <param name="isDirectory">Whether it is a directory.</param>
    /// <param name="here">What <see cref="In"/> gave for the directory.</param>
    public int FindLast(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isDirectory, DirectoryPatterns here)
    {
        if (_ignoreCase)
        {
            path = IgnorePattern.Fold(path);
            name = IgnorePattern.Fold(name);
        }

        var best = Math.Max(_names.Find(name, isDirectory), _suffixes.FindEnd(name, isDirectory));
        return here.FindLast(path, name, isDirectory, _nameGlobs.FindLast(name, isDirectory, best));
    }

    /// <summary>Neighbouring questions mostly share a directory. A race only costs the saving.</summary>
    private DirectoryPatterns Near(ReadOnlySpan<byte> directory)
    {
        var last = _last;
        if (last is null || !directory.SequenceEqual(last.Directory))
        {
            _last = last = new Neighbour(directory.ToArray(), In(directory));
        }

        return last.Patterns;
    }

    private sealed record Neighbour(byte[] Directory, DirectoryPatterns Patterns);
}
