using W0rktree.Core.Ignore;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Holds the ignore rules of a working copy and keeps them in step with their files: a scan hands each listing over before
/// it looks at the entries. <see cref="Rules"/> may be read from any thread; loading belongs to whoever has the turn.
/// </summary>
internal sealed class IgnoreBook(IWorkingDirectory files, Func<bool> honoursGitIgnore) : IPathFilter
{
    /// <summary>Larger than any ignore file that people write; the rest of a larger one is not read.</summary>
    private const int MaxFileBytes = 1024 * 1024;

    private static readonly EntryName GitFile = EntryName.Create(".gitignore").Value;
    private static readonly TreePath WorktreeFile = TreePath.Parse(".wt/ignore").Value;
    private static readonly TreePath TreeFile = TreePath.Parse(".wt-tree/ignore").Value;

    private volatile IgnoreRules _rules = IgnoreRules.BuiltIn;

    /// <summary>Gets the rules in force.</summary>
    public IgnoreRules Rules => _rules;

    /// <summary>Tells whether a path is a file of rules: a change of it concerns everything below its directory.</summary>
    public static bool IsRuleFile(TreePath path) => !path.IsRoot && (path == WorktreeFile || path == TreeFile || path.Name == GitFile);

    /// <summary>Gives the directory whose scan takes up a change of a rule file.</summary>
    public static TreePath ScopeOf(TreePath ruleFile) => ruleFile.Name == GitFile ? ruleFile.Parent : TreePath.Root;

    /// <inheritdoc/>
    public bool IsIgnored(TreePath path, bool isDirectory) => !path.IsRoot && _rules.Match(path.Bytes, isDirectory).IsIgnored;

    /// <summary>Takes up the rule files of one directory.</summary>
    public void Load(TreePath directory, DirectoryListing listing)
    {
        var hasGit = honoursGitIgnore() && listing.Entries.Any(entry => entry.Name == GitFile && entry.Entry.Kind is FoundKind.File or FoundKind.Executable);
        var known = _rules.FilesOf(directory.Bytes);
        if (!directory.IsRoot && !hasGit && known == IgnoreFiles.None)
        {
            return;
        }

        var found = new IgnoreFiles(
            directory.IsRoot ? Read(WorktreeFile) : null,
            directory.IsRoot ? Read(TreeFile) : null,
            hasGit ? Read(directory.Append(GitFile)) : null);
        if (found != IgnoreFiles.None || known != IgnoreFiles.None)
        {
            _rules = _rules.With(directory.Bytes, found);
        }
    }

    private IgnoreFile? Read(TreePath path)
    {
        using var file = files.Open(path);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[(int)Math.Min(file.Look().Stamp.SizeBytes, MaxFileBytes)];
        var count = file.Read(bytes, 0);
        return IgnoreFile.Parse(path.ToString(), bytes.AsSpan(0, count));
    }
}
