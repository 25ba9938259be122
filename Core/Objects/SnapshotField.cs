namespace W0rktree.Core.Objects;

/// <summary>Names the tags of a snapshot's further fields (docs/format/snapshot.md).</summary>
public static class SnapshotField
{
    /// <summary>Conflicts that the snapshot still holds; it cannot be pushed while it has them.</summary>
    public const int Conflicts = 1;

    /// <summary>A signature over the encoding without this field.</summary>
    public const int Signature = 2;

    /// <summary>The 32 bytes of the snapshot that this one was folded from or carried over from.</summary>
    public const int Origin = 128;

    /// <summary>What git needs to give back the same commit id.</summary>
    public const int GitCommit = 129;
}
