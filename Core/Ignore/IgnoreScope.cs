using System.Buffers;

namespace W0rktree.Core.Ignore;

/// <summary>
/// The rules as they stand for the entries of one directory. A walk goes down with <see cref="Enter(ReadOnlySpan{byte})"/> and never looks at
/// parents again. Immutable and thread-safe, so that directories can be scanned in parallel.
/// </summary>
public sealed class IgnoreScope
{
    private readonly IgnoreRules _rules;
    private readonly byte[] _prefix;
    private readonly HardZone _zone;
    private readonly Level[] _strict;
    private readonly Level[] _git;
    private readonly IgnoreVerdict _inherited;
    private readonly bool _needsPath;

    internal IgnoreScope(IgnoreRules rules, IgnoreFiles files)
        : this(rules, null, [], HardZone.Root, WithStrict([], files, 0), WithGit([], files, 0), default)
    {
    }

    private IgnoreScope(IgnoreRules rules, IgnoreScope? parent, byte[] prefix, HardZone zone, Level[] strict, Level[] git, IgnoreVerdict inherited)
    {
        _rules = rules;
        Parent = parent;
        _prefix = prefix;
        _zone = zone;
        _strict = strict;
        _git = git;
        _inherited = inherited;
        _needsPath = !inherited.IsIgnored && (Array.Exists(strict, level => level.Here.NeedPath) || Array.Exists(git, level => level.Here.NeedPath));
    }

    /// <summary>The directory from the root, without a trailing slash; empty for the root.</summary>
    public ReadOnlySpan<byte> Directory => _prefix.AsSpan(0, Math.Max(0, _prefix.Length - 1));

    /// <summary>True when the directory itself is ignored, and with it everything below.</summary>
    public bool IsIgnored => _inherited.IsIgnored;

    internal IgnoreScope? Parent { get; }

    /// <summary>Decides about one entry of the directory.</summary>
    /// <param name="name">The entry's name, without slashes.</param>
    /// <param name="isDirectory">True for a directory; false for a file, and for a symbolic link whatever it points to.</param>
    public IgnoreVerdict Match(ReadOnlySpan<byte> name, bool isDirectory)
    {
        if (_inherited.IsIgnored)
        {
            return _inherited;
        }

        if (HardRules.Match(_zone, name, isDirectory) is { } hard)
        {
            return hard;
        }

        if (!_needsPath)
        {
            return MatchFiles(default, name, isDirectory);
        }

        var length = _prefix.Length + name.Length;
        var rented = length > 1024 ? ArrayPool<byte>.Shared.Rent(length) : null;
        var path = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        _prefix.CopyTo(path);
        name.CopyTo(path[_prefix.Length..]);
        var verdict = MatchFiles(path, name, isDirectory);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return verdict;
    }

    /// <summary>Goes down into a directory, taking its ignore files from the rules that this scope came from.</summary>
    public IgnoreScope Enter(ReadOnlySpan<byte> name)
    {
        byte[] prefix = [.. _prefix, .. name, (byte)'/'];
        return Enter(prefix, name, _rules.FilesOf(prefix.AsSpan(0, prefix.Length - 1)));
    }

    /// <summary>Goes down into a directory whose ignore files the walk has just read.</summary>
    public IgnoreScope Enter(ReadOnlySpan<byte> name, IgnoreFiles files) => Enter([.. _prefix, .. name, (byte)'/'], name, files);

    private IgnoreScope Enter(byte[] prefix, ReadOnlySpan<byte> name, IgnoreFiles files)
    {
        var verdict = Match(name, isDirectory: true);
        return verdict.IsIgnored
            ? new(_rules, this, prefix, _zone, _strict, _git, verdict)
            : new(_rules, this, prefix, HardRules.Enter(_zone, name), WithStrict(Enter(_strict, prefix), files, prefix.Length), WithGit(Enter(_git, prefix), files, prefix.Length), default);
    }

    private IgnoreVerdict MatchFiles(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isDirectory)
    {
        IgnoreRule? kept = null;
        foreach (var level in _strict)
        {
            if (level.File.FindLast(_needsPath ? path[level.BaseLength..] : default, name, isDirectory, level.Here) is { } rule)
            {
                if (!rule.IsNegated)
                {
                    return IgnoreVerdict.By(rule);
                }

                kept ??= rule;
            }
        }

        foreach (var level in _git)
        {
            if (level.File.FindLast(_needsPath ? path[level.BaseLength..] : default, name, isDirectory, level.Here) is { } rule)
            {
                if (!rule.IsNegated)
                {
                    return IgnoreVerdict.By(rule);
                }

                kept ??= rule;
                break;
            }
        }

        if (kept is null && _rules.Options.SoftDefaults
            && BuiltInIgnores.Defaults(_rules.Options.IgnoreCase).FindLast(default, name, isDirectory, DirectoryPatterns.None) is { } noise)
        {
            return IgnoreVerdict.By(noise);
        }

        return kept is null ? IgnoreVerdict.Kept : IgnoreVerdict.By(kept);
    }

    /// <summary>From the root down: the first that ignores decides, so that no child negates its parent.</summary>
    private static Level[] WithStrict(Level[] above, IgnoreFiles files, int baseLength)
    {
        if (files.Worktree is not null)
        {
            above = [.. above, Level.Of(files.Worktree, baseLength)];
        }

        return files.Tree is null ? above : [.. above, Level.Of(files.Tree, baseLength)];
    }

    /// <summary>From the deepest up: the first that says anything decides, as in git.</summary>
    private static Level[] WithGit(Level[] above, IgnoreFiles files, int baseLength) =>
        files.Git is null ? above : [Level.Of(files.Git, baseLength), .. above];

    private static Level[] Enter(Level[] levels, byte[] prefix) =>
        Array.Exists(levels, level => level.File.HasPaths) ? Array.ConvertAll(levels, level => level with { Here = level.File.In(prefix.AsSpan(level.BaseLength)) }) : levels;

    /// <summary>A file that counts here, how long the path of its own directory is, and its patterns with a slash as they stand here.</summary>
    private readonly record struct Level(IgnoreFile File, int BaseLength, DirectoryPatterns Here)
    {
        public static Level Of(IgnoreFile file, int baseLength) => new(file, baseLength, file.In([]));
    }
}
