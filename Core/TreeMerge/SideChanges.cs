using W0rktree.Core.Paths;
using W0rktree.Core.TreeDiff;

namespace W0rktree.Core.TreeMerge;

/// <summary>What one side did to the paths: what it removed and added, and which of that a rename search must explain.</summary>
internal sealed class SideChanges
{
    public List<RenameSide> Gone { get; } = [];

    public List<RenameSide> Added { get; } = [];

    public Dictionary<TreePath, RenameRelevance> Relevant { get; } = [];

    public Dictionary<TreePath, DirectoryRelevance> RemovedDirectories { get; } = [];

    public List<DeferredDirectory> Deferred { get; } = [];

    /// <summary>The renames that were found, and additions that found no source.</summary>
    public List<SideMove> Moves { get; } = [];

    /// <summary>Where vanished directories went.</summary>
    public Dictionary<TreePath, TreePath> DirectoryRenames { get; } = [];

    /// <summary>Whether a rename of this side can change the result.</summary>
    public bool CanHaveRenames => Gone.Count > 0 && Added.Count > 0 && Relevant.Count > 0;
}

/// <summary>A file that one side added; with a source, it was renamed from there.</summary>
internal sealed record SideMove(MergeSide Side, RenameSide? Old, RenameSide New)
{
    /// <summary>Where it goes in the end: elsewhere than the side put it where the other side moved the directory.</summary>
    public TreePath Target { get; set; } = New.Path;
}
