using W0rktree.Core.Objects;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeDiff;

/// <summary>Tells how a path differs between two states.</summary>
public enum ChangeType
{
    /// <summary>Only the new state has it.</summary>
    Added,

    /// <summary>The content differs.</summary>
    Modified,

    /// <summary>Only the old state has it.</summary>
    Deleted,

    /// <summary>The same or similar content stood elsewhere, and that place is gone.</summary>
    Renamed,

    /// <summary>The same or similar content stands elsewhere too.</summary>
    Copied,

    /// <summary>Only the executable bit differs.</summary>
    ModeChanged,

    /// <summary>A file became a symlink, a nested tree a directory, and so on.</summary>
    TypeChanged,
}

/// <summary>Describes one changed path. Directories have no changes of their own: what they hold has.</summary>
/// <param name="Path">The path in the new state, or in the old one where it is deleted.</param>
/// <param name="Type">How it differs.</param>
/// <param name="Old">The entry before; null where added.</param>
/// <param name="New">The entry after; null where deleted.</param>
/// <param name="OldPath">Where a renamed path stood before, or what a copy was made from.</param>
public sealed record PathChange(TreePath Path, ChangeType Type, DirectoryEntry? Old, DirectoryEntry? New, TreePath? OldPath = null)
{
    /// <summary>Gets how alike both contents of a rename or copy are, 0 to 100.</summary>
    public int SimilarityPercent { get; init; } = 100;
}

/// <summary>Tells about types of changes.</summary>
public static class ChangeTypes
{
    extension(ChangeType type)
    {
        /// <summary>Gets the name as users and JSON see it.</summary>
        public string Text => type switch
        {
            ChangeType.Added => "added",
            ChangeType.Modified => "modified",
            ChangeType.Deleted => "deleted",
            ChangeType.Renamed => "renamed",
            ChangeType.Copied => "copied",
            ChangeType.ModeChanged => "mode_changed",
            ChangeType.TypeChanged => "type_changed",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of change."),
        };
    }
}
