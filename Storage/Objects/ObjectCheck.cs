using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Objects;

/// <summary>Decides whether bytes are the object that an id names.</summary>
internal static class ObjectCheck
{
    /// <summary>Gives the bytes as that object, with what had to be decoded to check them.</summary>
    /// <exception cref="CorruptObjectException">They are not that object.</exception>
    public static StoredObject Checked(ObjectKind kind, ContentHash id, ReadOnlyMemory<byte> bytes)
    {
        switch (kind)
        {
            case ObjectKind.Directory:
                return new StoredObject(kind, bytes) { Directory = DirectoryCodec.Decode(id, bytes.Span) };
            case ObjectKind.Page:
                return new StoredObject(kind, bytes) { Page = DirectoryCodec.DecodePage(id, bytes.Span) };
            default:
                Require(kind, id, bytes.Span);
                return new StoredObject(kind, bytes);
        }
    }

    /// <summary>Throws unless the bytes are that object. A chunk list is only decoded: its id needs all its chunks.</summary>
    /// <exception cref="CorruptObjectException">They are not.</exception>
    public static void Require(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> bytes)
    {
        switch (kind)
        {
            case ObjectKind.Content:
                if (ContentHash.OfContent(bytes) != id)
                {
                    throw new CorruptObjectException(id, "the content does not hash to its id");
                }

                break;
            case ObjectKind.ChunkList:
                _ = Core.Chunking.ChunkList.Decode(id, bytes);
                break;
            case ObjectKind.Directory:
                _ = DirectoryCodec.Decode(id, bytes);
                break;
            case ObjectKind.Page:
                _ = DirectoryCodec.DecodePage(id, bytes);
                break;
            case ObjectKind.Snapshot:
                _ = SnapshotCodec.Decode(new SnapshotId(id), bytes);
                break;
            default:
                throw new CorruptObjectException(id, $"the kind {(byte)kind} is unknown");
        }
    }
}
