using System.Collections.Immutable;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Watching;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Brings the index in line with the file system: one path after a hint, or everything. Each directory is watched before it
/// is listed, so nothing can appear unseen between the two.
/// </summary>
internal sealed class TreeScanner(IWorkingDirectory files, IFileWatcher watcher, WorkingIndex index, IgnoreBook ignores)
{
    private static readonly EntryName ControlFolder = EntryName.Create(".wt").Value;
    private static readonly EntryName NestedTreeFolder = EntryName.Create(".wt-tree").Value;
    private static readonly FoundEntry PlainDirectory = new(FoundKind.Directory, default);

    private readonly Dictionary<TreePath, IReadOnlyList<RefusedName>> _refused = [];

    /// <summary>Gets or sets facts about content from an earlier run, used for files that look untouched since.</summary>
    public IndexCache Cache { get; set; } = IndexCache.Empty;

    /// <summary>Gets paths that match an ignore rule and belong to the line's tip all the same: they stay part of the tree.</summary>
    public ImmutableHashSet<TreePath> TrackedThoughIgnored { get; private set; } = [];

    /// <summary>Gets how many directories the running or last scan has listed.</summary>
    public int DirectoriesScanned { get; private set; }

    /// <summary>Gets the names that were left out because no tree can hold them.</summary>
    public IEnumerable<RefusedName> Refused => _refused.Values.SelectMany(list => list);

    /// <summary>Scans everything.</summary>
    public void ScanAll(CancellationToken cancellationToken)
    {
        DirectoriesScanned = 0;
        _refused.Clear();
        TrackedThoughIgnored = [];
        ScanDirectory(index.Root, TreePath.Root, cancellationToken);
    }

    /// <summary>Looks at one path, and at everything below it where it is, or was, a directory.</summary>
    public void Refresh(TreePath path, bool subtree, CancellationToken cancellationToken)
    {
        if (IgnoreBook.IsRuleFile(path))
        {
            (path, subtree) = (IgnoreBook.ScopeOf(path), true);
        }

        var node = index.Root;
        var at = TreePath.Root;
        foreach (var name in path.Names())
        {
            if (!node.IsDirectory)
            {
                // The directory above is news itself: looking at it covers this path.
                Look(node, at, subtree: true, cancellationToken);
                return;
            }

            at = at.Append(name);
            node = node.GetOrAddChild(name);
        }

        if (path.IsRoot)
        {
            ScanAll(cancellationToken);
        }
        else
        {
            Look(node, at, subtree, cancellationToken);
        }
    }

    private void Look(IndexNode node, TreePath path, bool subtree, CancellationToken cancellationToken)
    {
        if (node.Parent is null)
        {
            ScanAll(cancellationToken);
            return;
        }

        var found = files.Look(path);
        if (found is null || IsLeftOut(node, path, found.Value))
        {
            MarkAbsent(node);
            return;
        }

        Note(node, path, found.Value, subtree, cancellationToken);
    }

    private void ScanDirectory(IndexNode node, TreePath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        watcher.Watch(path);
        var listing = files.List(path);
        if (listing is null || (!path.IsRoot && IsBoundary(listing)))
        {
            MarkAbsent(node);
            return;
        }

        DirectoriesScanned++;
        ignores.Load(path, listing);
        SetRefused(path, listing.Refused);
        var present = new HashSet<EntryName>(listing.Entries.Count);
        foreach (var (name, found) in listing.Entries)
        {
            var childPath = path.Append(name);
            var child = node.Child(name);
            if (!IsLeftOut(child, childPath, found))
            {
                present.Add(name);
                Note(child ?? node.GetOrAddChild(name), childPath, found, subtree: true, cancellationToken);
            }
        }

        foreach (var child in node.Children?.Values.Where(child => !present.Contains(child.Name)).ToArray() ?? [])
        {
            MarkAbsent(child);
        }
    }

    private void Note(IndexNode node, TreePath path, FoundEntry found, bool subtree, CancellationToken cancellationToken)
    {
        if (node.IsForeign)
        {
            return;
        }

        if (found.Kind == FoundKind.Directory)
        {
            var isNew = !node.IsDirectory;
            index.Observe(node, PlainDirectory);
            if (isNew || subtree)
            {
                ScanDirectory(node, path, cancellationToken);
            }

            return;
        }

        foreach (var child in node.Children?.Values.ToArray() ?? [])
        {
            MarkAbsent(child);
        }

        if (index.Observe(node, found) && Cache.TryTake(path, found) is { } hash)
        {
            index.Learn(node, hash, found, stored: false, racy: false);
        }
    }

    private void MarkAbsent(IndexNode node)
    {
        if (node.IsForeign)
        {
            return;
        }

        foreach (var child in node.Children?.Values.ToArray() ?? [])
        {
            MarkAbsent(child);
        }

        index.Observe(node, null);
        index.Prune(node);
    }

    private bool IsLeftOut(IndexNode? node, TreePath path, FoundEntry found)
    {
        if (found.Kind == FoundKind.Other)
        {
            return true;
        }

        if (!ignores.IsIgnored(path, found.Kind == FoundKind.Directory))
        {
            return false;
        }

        if (node?.Base is null)
        {
            return true;
        }

        TrackedThoughIgnored = TrackedThoughIgnored.Add(path);
        return false;
    }

    /// <summary>A worktree of its own, or a tree of its own, begins below: its files are that one's business.</summary>
    private static bool IsBoundary(DirectoryListing listing) =>
        listing.Entries.Any(entry => entry.Entry.Kind == FoundKind.Directory && (entry.Name == ControlFolder || entry.Name == NestedTreeFolder));

    private void SetRefused(TreePath path, IReadOnlyList<RefusedName> refused)
    {
        if (refused.Count > 0)
        {
            _refused[path] = refused;
        }
        else
        {
            _refused.Remove(path);
        }
    }
}
