using System.Text;

namespace W0rktree.Core.Ignore;

/// <summary>
/// All ignore rules of one worktree: built-in ones and the files of every directory that has some. Immutable; a changed
/// file makes new rules. Thread-safe.
/// </summary>
/// <remarks>
/// Order of decision: hard rules; <c>.wt/ignore</c>, then each <c>.wt-tree/ignore</c> from the root down, where the first
/// that ignores is final; <c>.gitignore</c> files from the deepest up, where the first that matches decides; soft
/// defaults, unless some file negated. Nothing below an ignored directory can be kept.
/// </remarks>
public sealed class IgnoreRules
{
    private readonly Dictionary<byte[], IgnoreFiles> _files;
    private IgnoreScope _last;

    private IgnoreRules(IgnoreOptions options, Dictionary<byte[], IgnoreFiles> files)
    {
        Options = options;
        _files = files;
        _last = Root = new(this, FilesOf([]));
    }

    /// <summary>Hard rules and soft defaults alone.</summary>
    public static IgnoreRules BuiltIn { get; } = Create(IgnoreOptions.Default, []);

    /// <summary>What applies beside the files.</summary>
    public IgnoreOptions Options { get; }

    /// <summary>The rules for the entries of the root, where a walk starts.</summary>
    public IgnoreScope Root { get; }

    /// <summary>How many ignore files there are.</summary>
    public int FileCount => _files.Values.Sum(files => files.Count);

    /// <summary>How many rules these files have.</summary>
    public int RuleCount => _files.Values.Sum(files => files.RuleCount);

    /// <summary>Makes rules from the files of each directory; the root's directory is empty.</summary>
    public static IgnoreRules Create(IgnoreOptions options, IEnumerable<KeyValuePair<string, IgnoreFiles>> filesByDirectory)
    {
        var files = new Dictionary<byte[], IgnoreFiles>(ByteKeyComparer.Instance);
        foreach (var (directory, found) in filesByDirectory)
        {
            files[Encoding.UTF8.GetBytes(directory)] = found;
        }

        return new(options, files);
    }

    /// <summary>Gives rules in which one directory has these files; <see cref="IgnoreFiles.None"/> removes them.</summary>
    public IgnoreRules With(ReadOnlySpan<byte> directory, IgnoreFiles files)
    {
        var changed = new Dictionary<byte[], IgnoreFiles>(_files, ByteKeyComparer.Instance);
        if (files.Count == 0)
        {
            changed.Remove(directory.ToArray());
        }
        else
        {
            changed[directory.ToArray()] = files;
        }

        return new(Options, changed);
    }

    /// <inheritdoc cref="With(ReadOnlySpan{byte}, IgnoreFiles)"/>
    public IgnoreRules With(string directory, IgnoreFiles files) => With(Encoding.UTF8.GetBytes(directory), files);

    /// <summary>Gives the files of one directory.</summary>
    public IgnoreFiles FilesOf(ReadOnlySpan<byte> directory) =>
        _files.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(directory, out var files) ? files : IgnoreFiles.None;

    /// <summary>Decides about a path; its parents are looked at too.</summary>
    /// <param name="path">A path from the root, separated by <c>/</c>. A trailing slash says that it is a directory.</param>
    /// <param name="isDirectory">True for a directory; false for a file or a symbolic link.</param>
    public IgnoreVerdict Match(ReadOnlySpan<byte> path, bool isDirectory)
    {
        if (path.EndsWith("/"u8))
        {
            path = path.TrimEnd((byte)'/');
            isDirectory = true;
        }

        if (path.IsEmpty)
        {
            return IgnoreVerdict.Kept;
        }

        var slash = path.LastIndexOf((byte)'/');
        return ScopeOf(path[..Math.Max(0, slash)]).Match(path[(slash + 1)..], isDirectory);
    }

    /// <inheritdoc cref="Match(ReadOnlySpan{byte}, bool)"/>
    public IgnoreVerdict Match(string path, bool isDirectory) => Match(Encoding.UTF8.GetBytes(path), isDirectory);

    /// <summary>Gives the rules for the entries of a directory.</summary>
    public IgnoreScope ScopeOf(ReadOnlySpan<byte> directory)
    {
        // Neighbouring questions mostly share a directory: go up from the last one to a common parent, then down. A race
        // only costs the saving, since scopes never change.
        var scope = _last;
        while (!Contains(scope.Directory, directory))
        {
            scope = scope.Parent ?? Root;
        }

        var rest = directory[scope.Directory.Length..].TrimStart((byte)'/');
        while (!rest.IsEmpty)
        {
            var slash = rest.IndexOf((byte)'/');
            scope = scope.Enter(slash < 0 ? rest : rest[..slash]);
            rest = slash < 0 ? default : rest[slash..].TrimStart((byte)'/');
        }

        _last = scope;
        return scope;
    }

    private static bool Contains(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> path) =>
        directory.IsEmpty || (path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == '/'));
}
