using W0rktree.Core.Paths;

namespace W0rktree.Core.Objects;

/// <summary>Tells in what way two sides of a merge disagree. The numbers are part of the format.</summary>
public enum ConflictKind : byte
{
    /// <summary>Both sides changed the same lines.</summary>
    Content = 1,

    /// <summary>Both sides added the path with different content.</summary>
    AddAdd = 2,

    /// <summary>One side changed what the other deleted.</summary>
    ModifyDelete = 3,

    /// <summary>Both sides renamed the path, to different places.</summary>
    RenameRename = 4,

    /// <summary>One side renamed what the other deleted.</summary>
    RenameDelete = 5,

    /// <summary>One side has a directory where the other has a file.</summary>
    DirectoryFile = 6,

    /// <summary>The sides changed the kind or the executable bit differently.</summary>
    Mode = 7,

    /// <summary>Both sides changed a file that has no lines.</summary>
    Binary = 8,
}

/// <summary>Records one disagreement of a merge with the three versions, each null where the path was absent.</summary>
public sealed record Conflict(TreePath Path, ConflictKind Kind, ConflictSide? Base, ConflictSide? Ours, ConflictSide? Theirs);

/// <summary>Names one version of a conflicted path.</summary>
public sealed record ConflictSide(EntryKind Kind, ulong SizeBytes, Identity.ContentHash Hash);

/// <summary>Tells about kinds of conflicts.</summary>
public static class ConflictKinds
{
    extension(ConflictKind kind)
    {
        /// <summary>Gets the name as users and JSON see it.</summary>
        public string Text => kind switch
        {
            ConflictKind.Content => "content",
            ConflictKind.AddAdd => "add-add",
            ConflictKind.ModifyDelete => "modify-delete",
            ConflictKind.RenameRename => "rename-rename",
            ConflictKind.RenameDelete => "rename-delete",
            ConflictKind.DirectoryFile => "directory-file",
            ConflictKind.Mode => "mode",
            ConflictKind.Binary => "binary",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of conflict."),
        };
    }
}
