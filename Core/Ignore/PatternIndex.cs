namespace W0rktree.Core.Ignore;

/// <summary>
/// The patterns of one file, arranged so that the last one that matches is found without trying them one by one:
/// literal names, literal paths and <c>*.ext</c> by hashing, paths with a literal first name by that name, and only
/// the rest in a row.
/// </summary>
internal sealed class PatternIndex
{
    private readonly LookupTable _names = new();
    private readonly LookupTable _paths = new();
    private readonly LookupTable _suffixes = new();
    private readonly List<Candidate> _nameGlobs = [];
    private readonly List<Candidate> _pathGlobs = [];
    private readonly Dictionary<byte[], List<Candidate>> _pathGlobsByFirstName = new(ByteKeyComparer.Instance);
    private readonly bool _ignoreCase;

    public PatternIndex(IReadOnlyList<IgnorePattern> patterns, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        // From the last to the first, so that the lists are in the order of precedence.
        for (var number = patterns.Count - 1; number >= 0; number--)
        {
            if (patterns[number] is { Glob: not null } glob)
            {
                ListOf(glob).Add(new(number, glob));
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
            if (length <= name.Length)
            {
                best = Math.Max(best, _suffixes.Find(name[^length..], isDirectory));
            }
        }

        best = FindIn(_nameGlobs, name, isDirectory, best);
        best = FindIn(_pathGlobs, path, isDirectory, best);
        if (_pathGlobsByFirstName.Count > 0 && path.IndexOf((byte)'/') is >= 0 and var slash
            && _pathGlobsByFirstName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path[..slash], out var below))
        {
            best = FindIn(below, path, isDirectory, best);
        }

        return best;
    }

    private static int FindIn(List<Candidate> candidates, ReadOnlySpan<byte> text, bool isDirectory, int best)
    {
        foreach (var (number, pattern) in candidates)
        {
            if (number <= best)
            {
                break;
            }

            if ((isDirectory || !pattern.DirectoryOnly) && text.StartsWith(pattern.Literal) && pattern.Glob!.IsMatch(text[pattern.Literal.Length..]))
            {
                return number;
            }
        }

        return best;
    }

    private List<Candidate> ListOf(IgnorePattern pattern)
    {
        if (pattern.OnName)
        {
            return _nameGlobs;
        }

        var slash = pattern.Literal.AsSpan().IndexOf((byte)'/');
        if (slash < 0)
        {
            return _pathGlobs;
        }

        var first = pattern.Literal[..slash];
        if (!_pathGlobsByFirstName.TryGetValue(first, out var list))
        {
            _pathGlobsByFirstName[first] = list = [];
        }

        return list;
    }

    private readonly record struct Candidate(int Number, IgnorePattern Pattern);
}
