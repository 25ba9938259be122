using System.Text;

namespace W0rktree.Core.Ignore;

/// <summary>A parsed ignore file in gitignore syntax. Immutable and thread-safe.</summary>
public sealed class IgnoreFile
{
    private readonly PatternIndex _index;
    private readonly IgnoreRule[] _rules;

    private IgnoreFile(string source, IgnoreRule[] rules, PatternIndex index)
    {
        Source = source;
        _rules = rules;
        _index = index;
    }

    /// <summary>The name that verdicts give the file.</summary>
    public string Source { get; }

    /// <summary>The rules in the order of the file, without comments and empty lines.</summary>
    public IReadOnlyList<IgnoreRule> Rules => _rules;

    /// <summary>Parses a file. Nothing is an error in this syntax: a malformed pattern matches nothing.</summary>
    /// <param name="source">The name that verdicts give the file, such as <c>src/.gitignore</c>.</param>
    /// <param name="content">The bytes of the file.</param>
    /// <param name="ignoreCase">True where the file system takes names without regard to (ASCII) case.</param>
    public static IgnoreFile Parse(string source, ReadOnlySpan<byte> content, bool ignoreCase = false)
    {
        var rules = new List<IgnoreRule>();
        var patterns = new List<IgnorePattern>();
        var lines = new IgnoreLines(content);
        while (lines.MoveNext())
        {
            rules.Add(new(source, lines.Number, Encoding.UTF8.GetString(lines.Current)));
            patterns.Add(IgnorePattern.Parse(lines.Current, ignoreCase));
        }

        return new(source, [.. rules], new(patterns, ignoreCase));
    }

    /// <summary>Finds the last rule that matches a path by itself; parents are not looked at. Null when none does.</summary>
    /// <param name="path">The path from the directory that the file speaks for, without a leading or trailing slash.</param>
    /// <param name="isDirectory">Whether the path is a directory.</param>
    public IgnoreRule? FindLast(ReadOnlySpan<byte> path, bool isDirectory) =>
        _index.FindLast(path, isDirectory) is >= 0 and var number ? _rules[number] : null;

    /// <inheritdoc cref="PatternIndex.HasPaths"/>
    internal bool HasPaths => _index.HasPaths;

    /// <inheritdoc cref="PatternIndex.In"/>
    internal DirectoryPatterns In(ReadOnlySpan<byte> directory) => _index.In(directory);

    /// <inheritdoc cref="PatternIndex.FindLast(ReadOnlySpan{byte}, ReadOnlySpan{byte}, bool, DirectoryPatterns)"/>
    internal IgnoreRule? FindLast(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isDirectory, DirectoryPatterns here) =>
        _index.FindLast(path, name, isDirectory, here) is >= 0 and var number ? _rules[number] : null;
}
