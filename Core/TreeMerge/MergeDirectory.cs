using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>One directory of the result while it is put together.</summary>
internal sealed class MergeDirectory(TreePath path, EntryTriple entries)
{
    public TreePath Path { get; } = path;

    /// <summary>What stood under this name in base and sides; the first directory among them lends its further fields.</summary>
    public EntryTriple Entries { get; } = entries;

    /// <summary>What needs no thought: equal everywhere, or changed on one side only.</summary>
    public EntryList Settled { get; } = new();

    /// <summary>Where base and sides differ.</summary>
    public SortedDictionary<EntryName, MergePath> Open { get; } = [];

    public Dictionary<EntryName, MergeDirectory> Below { get; } = [];

    public ImmutableArray<ContentHash> Sealed { get; set; } = [];
}

/// <summary>A directory that only one side changed: taken whole, unless a rename reaches into it.</summary>
internal readonly record struct DeferredDirectory(MergeDirectory Parent, EntryName Name, EntryTriple Entries, RenameMask Mask);

/// <summary>
/// Which side still has a directory that the other removed. <see cref="Both"/> marks one to which that side added files:
/// those may have to follow the directory to its new place.
/// </summary>
internal enum RenameMask
{
    None,
    OursHas,
    TheirsHas,
    Both,
}
