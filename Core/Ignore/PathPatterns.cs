namespace W0rktree.Core.Ignore;

/// <summary>
/// The patterns of one file that are matched against paths. Most of them part into one for the directory and one for the name
/// in it, and a walk asks about all entries of a directory: the first part is tried once for all of them.
/// </summary>
internal sealed class PathPatterns
{
    private readonly Dictionary<byte[], Folder> _folders = new(ByteKeyComparer.Instance);
    private readonly List<Parted> _parted = [];
    private readonly List<GlobCandidate> _whole = [];

    /// <summary>Gets whether there are none.</summary>
    public bool IsEmpty => _folders.Count + _parted.Count + _whole.Count == 0;

    /// <summary>Adds a pattern. The last of the file comes first, so that lists are in the order of precedence.</summary>
    public void Add(int number, IgnorePattern pattern)
    {
        var inGlob = pattern.Glob?.EndOfDirectories ?? 0;
        var slash = pattern.Literal.AsSpan().LastIndexOf((byte)'/') + 1;
        if (inGlob == 0)
        {
            FolderOf(pattern.Literal[..slash]).Add(new(number, pattern.DirectoryOnly, pattern.Literal[slash..], pattern.Glob));
        }
        else if (inGlob > 0 && (slash == pattern.Literal.Length || !pattern.Glob!.BeginsWithGlobstar))
        {
            var (name, glob) = pattern.Glob!.Behind(inGlob);
            _parted.Add(new(pattern.Literal, pattern.Glob.Until(inGlob), new(number, pattern.DirectoryOnly, name, glob)));
        }
        else
        {
            // The stars of 'a/**' and 'a**/b' may take the last slash or not: there is no one place to part them.
            _whole.Add(new(number, pattern.DirectoryOnly, pattern.Literal, pattern.Glob));
        }
    }

    /// <summary>Gives the patterns that can match an entry of a directory, which ends in a slash or is empty.</summary>
    public DirectoryPatterns In(ReadOnlySpan<byte> directory)
    {
        var folder = _folders.Count > 0 && _folders.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(directory, out var found) ? found : null;
        List<GlobCandidate> names = [], paths = [];
        foreach (var parted in _parted)
        {
            if (directory.StartsWith(parted.Literal) && parted.Glob.IsMatch(directory[parted.Literal.Length..]))
            {
                names.Add(parted.Name);
            }
        }

        foreach (var whole in _whole)
        {
            if (directory.StartsWith(whole.Literal) || whole.Literal.AsSpan().StartsWith(directory))
            {
                paths.Add(whole);
            }
        }

        if (folder is null && names.Count + paths.Count == 0)
        {
            return DirectoryPatterns.None;
        }

        names.AddRange(folder?.Globs ?? []);
        names.Sort(static (x, y) => y.Number.CompareTo(x.Number));
        return new(folder?.Literals, [.. names], [.. paths]);
    }

    private Folder FolderOf(byte[] directory)
    {
        if (!_folders.TryGetValue(directory, out var folder))
        {
            _folders[directory] = folder = new Folder();
        }

        return folder;
    }

    /// <summary>A pattern whose directories need a glob.</summary>
    private readonly record struct Parted(byte[] Literal, Glob Glob, GlobCandidate Name);

    /// <summary>The patterns for the entries of one directory that is named literally.</summary>
    private sealed class Folder
    {
        public LookupTable? Literals { get; private set; }

        public List<GlobCandidate> Globs { get; } = [];

        public void Add(GlobCandidate name)
        {
            if (name.Glob is null)
            {
                (Literals ??= new()).Add(name.Literal, name.Number, name.DirectoryOnly);
            }
            else
            {
                Globs.Add(name);
            }
        }
    }
}
