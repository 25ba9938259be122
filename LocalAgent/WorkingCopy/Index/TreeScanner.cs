using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Watching;
using W0rktree.Storage.Native;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Brings the index in line with the file system: one path after a hint, or everything. Each directory is watched before it
/// is listed, so nothing can appear unseen between the two.
/// </summary>
internal sealed class TreeScanner(IWorkingDirectory files, IFileWatcher watcher, WorkingIndex index, IgnoreBook ignores)
{
    /// <summary>How many listings are in memory at once: enough that no thread waits, whatever a level's width.</summary>
    private const int FoldersAtOnce = 256;

    /// <summary>Fewer directories than this are listed before another thread has begun.</summary>
    private const int FewFolders = 4;

    private static readonly EntryName ControlFolder = EntryName.Create(".wt").Value;
    private static readonly EntryName NestedTreeFolder = EntryName.Create(".wt-tree").Value;
    private static readonly FoundEntry PlainDirectory = new(FoundKind.Directory, default);

    private static readonly DirectoryListing Closed = new([], []);

    private readonly Dictionary<TreePath, IReadOnlyList<RefusedName>> _refused = [];
    private readonly HashSet<TreePath> _unreadable = [];

    private readonly SharedNames _sharing = new();

    /// <summary>Counts listings that were taken up; wrapping around does no harm, since each is over before the next.</summary>
    private int _scan;

    /// <summary>Gets or sets facts about content from an earlier run, used for files that look untouched since.</summary>
    public IndexCache Cache { get; set; } = IndexCache.Empty;

    /// <summary>Gets paths that match an ignore rule and belong to the line's tip all the same: they stay part of the tree.</summary>
    public ImmutableHashSet<TreePath> TrackedThoughIgnored { get; private set; } = [];

    /// <summary>Gets how many directories the running or last scan has listed.</summary>
    public int DirectoriesScanned { get; private set; }

    /// <summary>Gets the names that were left out because no tree can hold them.</summary>
    public IEnumerable<RefusedName> Refused => _refused.Values.SelectMany(list => list);

    /// <summary>Gets the directories that the user may not look into.</summary>
    public IReadOnlyCollection<TreePath> Unreadable => _unreadable;

    /// <summary>Scans everything.</summary>
    public void ScanAll(CancellationToken cancellationToken)
    {
        DirectoriesScanned = 0;
        _refused.Clear();
        _unreadable.Clear();
        _sharing.Clear();
        TrackedThoughIgnored = [];
        ScanBelow(new Folder(index.Root, TreePath.Root), cancellationToken);
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
            LookAgain(_sharing.StaleBeside(node), cancellationToken);
        }
    }

    /// <summary>
    /// Looks at files that have a name outside the tree, or an ignored one: who writes by that is seen by nobody. Gives whether
    /// there are any.
    /// </summary>
    public bool LookAtUnwatchedNames(CancellationToken cancellationToken)
    {
        LookBesideMetNames(cancellationToken);
        return LookAgain(_sharing.WithNamesElsewhere(), cancellationToken);
    }

    /// <summary>Looks at files that were given a further name since they were found. Asked after each batch of hints, because it passes over the index.</summary>
    public void LookBesideMetNames(CancellationToken cancellationToken) => LookAgain(_sharing.StaleBesideMet(index), cancellationToken);

    /// <summary>Takes a file with several names as it was found when the first hint about one of them came in. Thread-safe.</summary>
    public void Meet(FoundEntry found) => _sharing.Meet(found);

    private bool LookAgain(IReadOnlyList<IndexNode> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            Look(node, node.Path, subtree: false, cancellationToken);
        }

        return nodes.Count > 0;
    }

    private void Look(IndexNode node, TreePath path, bool subtree, CancellationToken cancellationToken)
    {
        if (node.Parent is null)
        {
            ScanAll(cancellationToken);
            return;
        }

        var found = files.Look(path);
        if (found is null || IsLeftOut(node, path, found.Value, ignores.IsIgnored(path, found.Value.Kind == FoundKind.Directory)))
        {
            MarkAbsent(node);
            return;
        }

        if (Note(node, path, found.Value, subtree || node.IsUnreadable))
        {
            ScanBelow(new Folder(node, path), cancellationToken);
        }
    }

    /// <summary>
    /// Scans in batches: the directories of one are listed side by side, which is most of the work, while the batch before is taken
    /// up, one directory after the other and parents before children, since their rules decide about what lies below.
    /// </summary>
    private void ScanBelow(Folder top, CancellationToken cancellationToken)
    {
        var waiting = new Queue<Folder>();
        Folder[] batch = [top];
        var listings = List(batch);
        while (batch.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DirectoryListing?[] ahead = [];
            Folder[] next = waiting.Count < FewFolders ? [] : Next(waiting);
            if (next.Length > 0)
            {
                Beside(() => Take(batch, listings, waiting), () => ahead = List(next));
            }
            else
            {
                Take(batch, listings, waiting);
                next = Next(waiting);
                ahead = List(next);
            }

            (batch, listings) = (next, ahead);
        }
    }

    private static Folder[] Next(Queue<Folder> waiting)
    {
        var folders = new Folder[Math.Min(FoldersAtOnce, waiting.Count)];
        for (var i = 0; i < folders.Length; i++)
        {
            folders[i] = waiting.Dequeue();
        }

        return folders;
    }

    /// <summary>Does two things at once. Callers know the failures of each by itself.</summary>
    private static void Beside(Action one, Action other)
    {
        try
        {
            Parallel.Invoke(one, other);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void Take(Folder[] folders, DirectoryListing?[] listings, Queue<Folder> below)
    {
        for (var i = 0; i < folders.Length; i++)
        {
            Take(folders[i], listings[i], below);
        }
    }

    private DirectoryListing?[] List(Folder[] folders)
    {
        var listings = new DirectoryListing?[folders.Length];
        if (folders.Length < FewFolders)
        {
            for (var i = 0; i < folders.Length; i++)
            {
                listings[i] = List(folders[i]);
            }

            return listings;
        }

        // A loop on several threads would wrap what it throws; callers know the failures of a single directory.
        var failures = new ConcurrentQueue<ExceptionDispatchInfo>();
        Parallel.For(0, folders.Length, (i, loop) =>
        {
            try
            {
                listings[i] = List(folders[i]);
            }
            catch (IOException e)
            {
                failures.Enqueue(ExceptionDispatchInfo.Capture(e));
                loop.Stop();
            }
        });
        if (failures.TryPeek(out var first))
        {
            first.Throw();
        }

        return listings;
    }

    private DirectoryListing? List(Folder folder)
    {
        watcher.Watch(folder.Path);
        try
        {
            return files.List(folder.Path);
        }
        catch (NativeIOException e) when (e.Number == Errno.AccessDenied && !folder.Path.IsRoot)
        {
            return Closed;
        }
    }

    private void Take(Folder folder, DirectoryListing? listing, Queue<Folder> below)
    {
        var (node, path) = folder;
        if (listing is null || (!path.IsRoot && IsBoundary(listing)))
        {
            MarkAbsent(node);
            return;
        }

        DirectoriesScanned++;
        var isClosed = ReferenceEquals(listing, Closed);
        index.SetUnreadable(node, isClosed);
        if (isClosed)
        {
            _unreadable.Add(path);
            return;
        }

        _unreadable.Remove(path);
        ignores.Load(path, listing);
        SetRefused(path, listing.Refused);
        var scope = ignores.Rules.ScopeOf(path.Bytes);
        _scan++;
        var present = 0;
        foreach (var (name, found) in listing.Entries)
        {
            var child = node.Child(name);
            var ignored = scope.Match(name.Bytes, found.Kind == FoundKind.Directory).IsIgnored;
            var childPath = ignored || found.Kind == FoundKind.Directory || Cache.Count > 0 ? path.Append(name) : default;
            if (!IsLeftOut(child, childPath, found, ignored))
            {
                present++;
                child ??= node.GetOrAddChild(name);
                child.SeenInScan = _scan;
                if (Note(child, childPath, found, subtree: true))
                {
                    below.Enqueue(new Folder(child, childPath));
                }
            }
        }

        if (node.Children is { } children && children.Count != present)
        {
            foreach (var child in children.Values.Where(child => child.SeenInScan != _scan).ToArray())
            {
                MarkAbsent(child);
            }
        }
    }

    /// <summary>Notes what stands at a node. Gives whether it is a directory that has to be scanned. A file's path is needed only for the cache.</summary>
    private bool Note(IndexNode node, TreePath path, FoundEntry found, bool subtree)
    {
        if (node.IsForeign)
        {
            return false;
        }

        _sharing.Note(node, found);
        if (found.Kind == FoundKind.Directory)
        {
            var isNew = !node.IsDirectory;
            index.Observe(node, PlainDirectory);
            return isNew || subtree;
        }

        foreach (var child in node.Children?.Values.ToArray() ?? [])
        {
            MarkAbsent(child);
        }

        if (index.Observe(node, found) && Cache.Count > 0 && Cache.TryTake(path, found) is { } hash)
        {
            index.Learn(node, hash, found, stored: false, racy: false);
        }

        return false;
    }

    private void MarkAbsent(IndexNode node)
    {
        if (node.IsForeign)
        {
            return;
        }

        index.SetUnreadable(node, false);
        foreach (var child in node.Children?.Values.ToArray() ?? [])
        {
            MarkAbsent(child);
        }

        _sharing.NoteGone(node);
        index.Observe(node, null);
        index.Prune(node);
    }

    private bool IsLeftOut(IndexNode? node, TreePath path, FoundEntry found, bool ignored)
    {
        if (found.Kind == FoundKind.Other)
        {
            return true;
        }

        if (!ignored)
        {
            return false;
        }

        if (node?.Base is null)
        {
            _sharing.NoteLeftOut(found);
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

    /// <summary>A directory to scan.</summary>
    private readonly record struct Folder(IndexNode Node, TreePath Path);
}
