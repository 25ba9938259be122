namespace W0rktree.Core.Objects;

/// <summary>Tells how the bytes of a stored object are read. The numbers are part of the format.</summary>
public enum ObjectKind : byte
{
    /// <summary>Bytes of a file, of a symlink's target, or of one chunk of a large file.</summary>
    Content = 1,

    /// <summary>The chunks of a large file; its id is the hash of the whole content (docs/format/chunk-list.md).</summary>
    ChunkList = 2,

    /// <summary>A directory with its entries, or the list of its pages (docs/format/directory.md).</summary>
    Directory = 3,

    /// <summary>One page of a directory of more than 1,024 entries.</summary>
    Page = 4,

    /// <summary>A snapshot (docs/format/snapshot.md).</summary>
    Snapshot = 5,
}
