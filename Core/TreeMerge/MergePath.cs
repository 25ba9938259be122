using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>
/// One path at which base and sides differ, with the version of each that takes part there. Renames move versions from one
/// path to another before anything is merged.
/// </summary>
internal sealed class MergePath(TreePath path, EntryTriple files)
{
    private readonly List<ConflictKind> _placeConflicts = [];
    private readonly HashSet<MergeSide> _renamed = [];

    public TreePath Path { get; } = path;

    public DirectoryEntry? Base { get; set; } = files.Base;

    public DirectoryEntry? Ours { get; set; } = files.Ours;

    public DirectoryEntry? Theirs { get; set; } = files.Theirs;

    /// <summary>Where the versions stood; the path itself unless a rename brought them.</summary>
    public TreePath BasePath { get; set; } = path;

    public TreePath OurPath { get; set; } = path;

    public TreePath TheirPath { get; set; } = path;

    /// <summary>True after a rename took everything away from here.</summary>
    public bool IsVacated { get; set; }

    /// <summary>True when a rename brought or took a version, so that the sides' equality to the base no longer decides.</summary>
    public bool IsRearranged { get; set; }

    /// <summary>Gets in what way the sides disagree about the place, whatever becomes of the content.</summary>
    public IReadOnlyList<ConflictKind> PlaceConflicts => _placeConflicts;

    /// <summary>Gets the file that both sides renamed, to different places, of which this is one.</summary>
    public SplitFile? Split { get; set; }

    /// <summary>Gets the joins of files that were renamed to here and met another file of the other side.</summary>
    public List<PathFact> Parts { get; } = [];

    /// <summary>Gets whether both sides renamed different files to here.</summary>
    public bool BothRenamed => _renamed.Count == 2;

    public DirectoryEntry? Of(MergeSide side) => side == MergeSide.Ours ? Ours : Theirs;

    public TreePath PathOf(MergeSide side) => side == MergeSide.Ours ? OurPath : TheirPath;

    public void Put(MergeSide side, DirectoryEntry? entry, TreePath from)
    {
        IsRearranged = true;
        if (side == MergeSide.Ours)
        {
            (Ours, OurPath) = (entry, from);
        }
        else
        {
            (Theirs, TheirPath) = (entry, from);
        }
    }

    public void PutBase(DirectoryEntry? entry, TreePath from)
    {
        IsRearranged = true;
        (Base, BasePath) = (entry, from);
    }

    public void MarkRenamed(MergeSide side) => _renamed.Add(side);

    public void Vacate()
    {
        IsVacated = true;
        (Base, Ours, Theirs) = (null, null, null);
    }

    public void AddPlaceConflict(ConflictKind kind)
    {
        if (!_placeConflicts.Contains(kind))
        {
            _placeConflicts.Add(kind);
        }
    }
}

/// <summary>A file that one side renamed to one place and the other to another: its versions, and how their lines were joined.</summary>
internal sealed record SplitFile(SplitVersion? Base, SplitVersion Ours, SplitVersion Theirs, TextMerge.ThreeWayText? Text, MergeSide Side);

/// <summary>One version of a split file and where it stood.</summary>
internal sealed record SplitVersion(DirectoryEntry Entry, TreePath Path);

