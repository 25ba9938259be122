using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>Names the runtime folders of a working copy, which are never part of a tree.</summary>
public sealed class StateLayout
{
    /// <summary>The layout of a working copy at the root of a worktree.</summary>
    public static StateLayout Default { get; } = new();

    /// <summary>Gets the folder with everything that belongs to this copy alone.</summary>
    public TreePath State { get; } = TreePath.Parse(".wt/state").Value;

    /// <summary>Gets the folder in which cookies are made.</summary>
    public TreePath Cookies { get; } = TreePath.Parse(".wt/state/cookies").Value;

    /// <summary>Gets the folder in which files are finished before they are put in place.</summary>
    public TreePath Unfinished { get; } = TreePath.Parse(".wt/state/tmp").Value;

    /// <summary>Gets the folder that keeps content which a crash or a race would otherwise have dropped.</summary>
    public TreePath Rescued { get; } = TreePath.Parse(".wt/state/rescued").Value;
}
