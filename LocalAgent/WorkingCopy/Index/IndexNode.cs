using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>
/// One name of the working copy's index: what the line's tip has there, what the working directory has, and, for
/// directories, what lies below. The nodes form a Merkle tree: a directory whose content did not change keeps its hash.
/// </summary>
internal sealed class IndexNode(EntryName name, IndexNode? parent)
{
    public EntryName Name { get; } = name;

    public IndexNode? Parent { get; } = parent;

    /// <summary>What the line's tip has under this name; null for nothing.</summary>
    public DirectoryEntry? Base { get; set; }

    /// <summary>What was found in the working directory; null for nothing that belongs to the tree.</summary>
    public FoundEntry? Found { get; set; }

    /// <summary>The entry for what was found, once its content was read; null while that is not known.</summary>
    public DirectoryEntry? Work { get; set; }

    /// <summary>
    /// Whether the file was written so shortly before it was read that a later write could carry the same times. The next
    /// look reads it again, whatever the times say.
    /// </summary>
    public bool Racy { get; set; }

    /// <summary>The last scan that found the node in its directory's listing.</summary>
    public int SeenInScan { get; set; }

    /// <summary>
    /// For a directory: whether the user may not look into it. What the line's tip has below stays as it is, and counts neither as
    /// deleted nor as changed.
    /// </summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Whether the content of <see cref="Work"/> is in the store.</summary>
    public bool IsStored { get; set; }

    /// <summary>Names below, of the line's tip and of the working directory together; null where there were never any.</summary>
    public Dictionary<EntryName, IndexNode>? Children { get; private set; }

    /// <summary>For a directory: digests of entries that the reader may not see. They stay as they are.</summary>
    public ImmutableArray<ContentHash> Sealed { get; set; } = [];

    /// <summary>For a directory: whether something below may differ from the line's tip.</summary>
    public bool IsDirty { get; private set; }

    public bool IsDirectory => Found?.Kind == FoundKind.Directory;

    /// <summary>Whether the working directory has a file or symlink here.</summary>
    public bool IsPresentFile => Found is { Kind: FoundKind.File or FoundKind.Executable or FoundKind.Symlink };

    /// <summary>Whether the line's tip has a file or symlink here.</summary>
    public bool HasBaseFile => Base is { } entry && entry.Kind.HasContent;

    /// <summary>Whether the entry belongs to somebody else's history: it is carried along and never read or removed.</summary>
    public bool IsForeign => Base is { Kind: EntryKind.NestedTree or EntryKind.ForeignLink };

    public TreePath Path
    {
        get
        {
            var depth = 0;
            for (var node = this; node.Parent is not null; node = node.Parent)
            {
                depth++;
            }

            var names = new EntryName[depth];
            for (var node = this; node.Parent is not null; node = node.Parent)
            {
                names[--depth] = node.Name;
            }

            return TreePath.Of(names);
        }
    }

    public IndexNode? Child(EntryName name) => Children?.GetValueOrDefault(name);

    public IndexNode GetOrAddChild(EntryName name)
    {
        Children ??= [];
        if (!Children.TryGetValue(name, out var child))
        {
            child = new IndexNode(name, this);
            Children[name] = child;
        }

        return child;
    }

    public void DropChild(EntryName name) => Children?.Remove(name);

    public void DropChildren() => Children = null;

    /// <summary>Marks every directory above as changed; stops at one that is marked, since all above it are.</summary>
    public void MarkDirty()
    {
        for (var node = this; node is { IsDirty: false }; node = node.Parent)
        {
            node.IsDirty = true;
        }
    }

    public void MarkClean() => IsDirty = false;
}
