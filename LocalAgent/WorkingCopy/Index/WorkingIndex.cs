using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// Holds what the working directory looked like when each path was last looked at, next to what the line's tip has. Owned
/// by one working copy and used only under its turn; nothing here is thread-safe.
/// </summary>
internal sealed class WorkingIndex
{
    private readonly HashSet<IndexNode> _pending = [];

    /// <summary>How many directories cannot be looked into; mostly none, and then nothing is asked of a node's parents.</summary>
    private int _unreadable;

    public IndexNode Root { get; private set; } = NewRoot();

    /// <summary>The root directory of the line's tip; null before the first snapshot.</summary>
    public ContentHash? BaseRoot { get; private set; }

    /// <summary>Files and symlinks that may differ from the line's tip.</summary>
    public IReadOnlyCollection<IndexNode> Pending => _pending;

    /// <summary>How many files and symlinks the working directory has.</summary>
    public int FileCount { get; private set; }

    /// <summary>Takes the tree of the line's tip as the base and forgets what was found. A scan has to follow.</summary>
    public async Task LoadBaseAsync(ObjectGraph graph, ContentHash? root, CancellationToken cancellationToken)
    {
        _pending.Clear();
        FileCount = 0;
        _unreadable = 0;
        Root = NewRoot();
        BaseRoot = root;
        if (root is { } id)
        {
            await LoadDirectoryAsync(graph, Root, id, cancellationToken);
        }
    }

    /// <summary>Finds the node of a path; null where neither side has anything.</summary>
    public IndexNode? Find(TreePath path)
    {
        var node = Root;
        foreach (var name in path.Names())
        {
            if (node?.Child(name) is not { } next)
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    /// <summary>Lists the files and symlinks that were found: a pass over everything.</summary>
    public IEnumerable<IndexNode> Files()
    {
        var waiting = new Stack<IndexNode>([Root]);
        while (waiting.TryPop(out var node))
        {
            if (node.IsPresentFile)
            {
                yield return node;
            }

            foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
            {
                waiting.Push(child);
            }
        }
    }

    /// <summary>Notes what stands at a node. Gives whether that is news.</summary>
    public bool Observe(IndexNode node, FoundEntry? found)
    {
        var news = node.Found is null != found is null || (found is { } now && (now != node.Found!.Value || node.Racy));
        if (!news)
        {
            return false;
        }

        var wasFile = node.IsPresentFile;
        node.Found = found;
        FileCount += (node.IsPresentFile ? 1 : 0) - (wasFile ? 1 : 0);
        node.Work = null;
        node.IsStored = false;
        node.Racy = false;
        Suspect(node);
        return true;
    }

    /// <summary>Notes the content of a node's file as it was read.</summary>
    public void Learn(IndexNode node, ContentHash hash, FoundEntry found, bool stored, bool racy)
    {
        var wasFile = node.IsPresentFile;
        node.Found = found;
        FileCount += (node.IsPresentFile ? 1 : 0) - (wasFile ? 1 : 0);
        node.Work = EntryFor(node, hash, (ulong)found.Stamp.SizeBytes);
        node.IsStored = stored || node.Work.SameTarget(node.Base);
        node.Racy = racy;
        Suspect(node);
    }

    /// <summary>Forgets the content of a node's file: it is read anew when it is needed.</summary>
    public void Forget(IndexNode node)
    {
        node.Work = null;
        node.IsStored = false;
        node.Racy = false;
        Suspect(node);
    }

    /// <summary>Notes whether a directory can be looked into. What is known of below is forgotten when it cannot, and suspected when it can again.</summary>
    public void SetUnreadable(IndexNode node, bool unreadable)
    {
        if (node.IsUnreadable == unreadable)
        {
            return;
        }

        node.IsUnreadable = unreadable;
        _unreadable += unreadable ? 1 : -1;
        if (unreadable)
        {
            Overlook(node);
        }
        else
        {
            SuspectBelow(node);
        }
    }

    /// <summary>Keeps a node among the pending ones while it differs, or may differ, from the line's tip.</summary>
    public void Suspect(IndexNode node)
    {
        if (IsUnchanged(node) || (_unreadable > 0 && IsOverlooked(node)))
        {
            _pending.Remove(node);
        }
        else if (node.IsPresentFile || node.HasBaseFile)
        {
            _pending.Add(node);
            node.Parent?.MarkDirty();
        }
        else
        {
            _pending.Remove(node);
            node.Parent?.MarkDirty();
        }
    }

    /// <summary>Makes what a snapshot recorded the base: every pending file whose content is known, and the directories above.</summary>
    public void Advance(ContentHash newRoot, IEnumerable<(IndexNode Node, DirectoryEntry? Entry)> directories)
    {
        BaseRoot = newRoot;
        foreach (var node in _pending.Where(node => !node.IsPresentFile || node.Work is not null || !node.HasBaseFile).ToArray())
        {
            if (node.IsPresentFile)
            {
                // A folder stood here: nothing of it is in the new base, and none of it may come back with a new folder.
                node.DropChildren();
            }

            if (node is { IsPresentFile: true, Work: null })
            {
                node.Base = null; // It could not be read, so the snapshot has nothing here; it stays pending.
                continue;
            }

            node.Base = node.IsPresentFile ? node.Work : null;
            node.IsStored = true;
            _pending.Remove(node);
            if (node.Racy)
            {
                _pending.Add(node);
            }

            Prune(node);
        }

        foreach (var (node, entry) in directories)
        {
            // A directory that gave way to a file has its entry from the file already.
            if (!node.IsPresentFile)
            {
                node.Base = entry;
                Prune(node);
            }
        }

        SettleDirty();
    }

    /// <summary>Marks exactly the directories above pending files, after a scan or snapshot settled many at once.</summary>
    public void SettleDirty()
    {
        ClearDirty(Root);
        foreach (var node in _pending)
        {
            node.Parent?.MarkDirty();
        }
    }

    /// <summary>Takes a node out that neither side has.</summary>
    public void Prune(IndexNode node)
    {
        for (var at = node; at.Parent is { } parent && at is { Base: null, Found: null, Children: null or { Count: 0 } }; at = parent)
        {
            _pending.Remove(at);
            parent.DropChild(at.Name);
        }
    }

    /// <summary>
    /// Makes another tree the base and keeps what was found. Reads only the directories that differ, so moving between two
    /// near states of a large tree is cheap.
    /// </summary>
    public async Task RebaseAsync(ObjectGraph graph, ContentHash root, CancellationToken cancellationToken)
    {
        if (BaseRoot != root)
        {
            await RebaseDirectoryAsync(graph, Root, root, cancellationToken);
            BaseRoot = root;
            SettleDirty();
        }
    }

    /// <summary>Reuses the base's entry where it says the same, which keeps its salt and further fields.</summary>
    public static DirectoryEntry EntryFor(IndexNode node, ContentHash hash, ulong sizeBytes)
    {
        var kind = node.Found!.Value.Kind switch
        {
            FoundKind.Executable => EntryKind.Executable,
            FoundKind.Symlink => EntryKind.Symlink,
            _ => EntryKind.File,
        };
        return node.Base is { } old && old.Kind.HasContent
            ? old.Kind == kind && old.Hash == hash ? old : new DirectoryEntry(node.Name, kind, sizeBytes, hash, old.Fields)
            : new DirectoryEntry(node.Name, kind, sizeBytes, hash);
    }

    private void Overlook(IndexNode node)
    {
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
        {
            FileCount -= child.IsPresentFile ? 1 : 0;
            child.Found = null;
            child.Work = null;
            child.IsStored = false;
            child.Racy = false;
            _pending.Remove(child);
            Overlook(child);
        }
    }

    private void SuspectBelow(IndexNode node)
    {
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
        {
            Suspect(child);
            SuspectBelow(child);
        }
    }

    private static bool IsOverlooked(IndexNode node)
    {
        for (var above = node.Parent; above is not null; above = above.Parent)
        {
            if (above.IsUnreadable)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUnchanged(IndexNode node) =>
        node.IsPresentFile ? node.Work is { } work && work.SameTarget(node.Base) && !node.Racy : !node.HasBaseFile;

    private static void ClearDirty(IndexNode node)
    {
        if (node.IsDirty)
        {
            node.MarkClean();
            foreach (var child in node.Children?.Values ?? Enumerable.Empty<IndexNode>())
            {
                ClearDirty(child);
            }
        }
    }

    private async Task RebaseDirectoryAsync(ObjectGraph graph, IndexNode node, ContentHash? id, CancellationToken cancellationToken)
    {
        var directory = id is { } known ? await graph.ReadDirectoryAsync(known, cancellationToken) : DirectoryObject.Empty;
        node.Sealed = directory.SealedDigests;
        foreach (var child in node.Children?.Values.Where(child => child.Base is not null && directory.Find(child.Name) is null).ToArray() ?? [])
        {
            await RebaseEntryAsync(graph, child, null, cancellationToken);
            Prune(child);
        }

        foreach (var entry in directory.Entries)
        {
            var child = node.GetOrAddChild(entry.Name);
            if (!entry.Equals(child.Base))
            {
                await RebaseEntryAsync(graph, child, entry, cancellationToken);
            }
        }
    }

    private async Task RebaseEntryAsync(ObjectGraph graph, IndexNode node, DirectoryEntry? entry, CancellationToken cancellationToken)
    {
        var wasDirectory = node.Base is { Kind: EntryKind.Directory };
        var sameBelow = entry is { Kind: EntryKind.Directory } && wasDirectory && entry.Hash == node.Base!.Hash;
        node.Base = entry;
        if (!sameBelow && (wasDirectory || entry is { Kind: EntryKind.Directory }))
        {
            await RebaseDirectoryAsync(graph, node, entry is { Kind: EntryKind.Directory } ? entry.Hash : null, cancellationToken);
        }

        Suspect(node);
    }

    private static IndexNode NewRoot() => new(default, null) { Found = new FoundEntry(FoundKind.Directory, default) };

    private async Task LoadDirectoryAsync(ObjectGraph graph, IndexNode node, ContentHash id, CancellationToken cancellationToken)
    {
        var directory = await graph.ReadDirectoryAsync(id, cancellationToken);
        node.Sealed = directory.SealedDigests;
        foreach (var entry in directory.Entries)
        {
            var child = node.GetOrAddChild(entry.Name);
            child.Base = entry;
            if (entry.Kind == EntryKind.Directory)
            {
                await LoadDirectoryAsync(graph, child, entry.Hash, cancellationToken);
            }
            else
            {
                Suspect(child);
            }
        }
    }
}
