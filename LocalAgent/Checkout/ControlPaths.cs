using W0rktree.Core.Paths;

namespace W0rktree.LocalAgent.Checkout;

/// <summary>
/// Tells which paths of a tree may lie in the product's own folders. A tree that comes from elsewhere must not write a
/// working copy's state, nor plant a second worktree below.
/// </summary>
internal static class ControlPaths
{
    private static readonly EntryName WorktreeFolder = EntryName.Create(".wt").Value;
    private static readonly EntryName TreeFolder = EntryName.Create(".wt-tree").Value;
    private static readonly EntryName Access = EntryName.Create("access").Value;
    private static readonly EntryName[] Files = [EntryName.Create("config.toml").Value, EntryName.Create("ignore").Value];

    /// <summary>Gives the rule that a path breaks, as a clause for a message, or null.</summary>
    public static string? FirstBroken(TreePath path)
    {
        var names = path.Names().ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] == WorktreeFolder && i > 0)
            {
                return "'.wt' stands only at a worktree's root";
            }

            if (names[i] == WorktreeFolder || names[i] == TreeFolder)
            {
                return IsVersioned(names.AsSpan(i + 1)) ? null : $"'{names[i]}' holds nothing versioned but config.toml, ignore and access";
            }
        }

        return null;
    }

    private static bool IsVersioned(ReadOnlySpan<EntryName> below) => below switch
    {
        [var file] => Files.Contains(file),
        [var folder, _, ..] => folder == Access,
        _ => false,
    };
}
