namespace W0rktree.Core.Objects;

/// <summary>Tells why a snapshot was made. The numbers are part of the format.</summary>
public enum SnapshotKind : byte
{
    /// <summary>Made by a trigger of the agent.</summary>
    Auto = 1,

    /// <summary>Made by <c>wt snapshot</c>, or by a push from the automatic ones before it.</summary>
    Manual = 2,

    /// <summary>Joins two lines of history.</summary>
    Merge = 3,

    /// <summary>Takes earlier changes back.</summary>
    Revert = 4,

    /// <summary>Made at the start after a crash, when files had changed meanwhile.</summary>
    Recovery = 5,

    /// <summary>Made before a branch switch.</summary>
    Switch = 6,

    /// <summary>Came from another version control system.</summary>
    Import = 7,
}

/// <summary>Tells about kinds of snapshots.</summary>
public static class SnapshotKinds
{
    extension(SnapshotKind kind)
    {
        /// <summary>Gets whether a push folds such a snapshot into the next one that somebody meant.</summary>
        public bool IsFoldable => kind is SnapshotKind.Auto or SnapshotKind.Recovery or SnapshotKind.Switch;

        /// <summary>Gets the name as users and JSON see it.</summary>
        public string Text => kind switch
        {
            SnapshotKind.Auto => "auto",
            SnapshotKind.Manual => "manual",
            SnapshotKind.Merge => "merge",
            SnapshotKind.Revert => "revert",
            SnapshotKind.Recovery => "recovery",
            SnapshotKind.Switch => "switch",
            SnapshotKind.Import => "import",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of snapshot."),
        };
    }
}
