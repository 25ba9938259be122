using W0rktree.Core;
using W0rktree.Core.Paths;
using W0rktree.LocalAgent.Lifecycle;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Ipc;

/// <summary>Turns the absolute paths that clients send into paths of a tree.</summary>
internal static class PathsInTree
{
    /// <summary>Reads one path; refuses what lies outside.</summary>
    public static Result<TreePath> Parse(string root, string absolute)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.IsPathFullyQualified(absolute) ? Path.GetFullPath(absolute) : Path.GetFullPath(absolute, root));
        if (full != root && !IsBelow(root, full))
        {
            full = RealPaths.OfFolder(full); // The user may stand in the worktree by way of a symlink.
        }

        if (full == root)
        {
            return TreePath.Root;
        }

        if (!IsBelow(root, full))
        {
            return new Error(ErrorCodes.OutsideTree, $"'{absolute}' lies outside the worktree '{root}'.", "Name a path inside it.");
        }

        return TreePath.Parse(full[root.Length..].TrimStart('/'));
    }

    private static bool IsBelow(string root, string path) => path.StartsWith(root.EndsWith('/') ? root : root + '/', StringComparison.Ordinal);

    /// <summary>Reads many; the first refusal counts.</summary>
    public static Result<IReadOnlyList<TreePath>> Parse(string root, IReadOnlyList<string> absolute)
    {
        var paths = new List<TreePath>(absolute.Count);
        foreach (var text in absolute)
        {
            var path = Parse(root, text);
            if (!path.IsOk)
            {
                return path.Error;
            }

            paths.Add(path.Value);
        }

        return paths;
    }
}
