using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.WorkingCopy.Index;

/// <summary>Tells which paths are left out of the tree.</summary>
public interface IPathFilter
{
    /// <summary>Tells whether a path is ignored, by itself or because a folder above it is.</summary>
    bool IsIgnored(TreePath path, bool isDirectory);
}
