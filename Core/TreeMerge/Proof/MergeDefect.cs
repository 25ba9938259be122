using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>Names a path of a merge result that nothing explains. Always a defect of the merge, never of the user.</summary>
public sealed record MergeDefect(TreePath Path, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Reason}";
}
