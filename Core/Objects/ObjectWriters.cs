using W0rktree.Core.Identity;

namespace W0rktree.Core.Objects;

/// <summary>Writes directories and snapshots as the objects they are stored as.</summary>
public static class ObjectWriters
{
    /// <summary>Writes a directory: its pages first, so that nothing refers to what is not there yet.</summary>
    public static async ValueTask<ContentHash> WriteDirectoryAsync(this IObjectWriter writer, DirectoryObject directory, CancellationToken cancellationToken)
    {
        var encoding = DirectoryCodec.Encode(directory);
        foreach (var page in encoding.Pages)
        {
            await writer.WriteAsync(ObjectKind.Page, page.Id, page.Bytes, cancellationToken);
        }

        await writer.WriteAsync(ObjectKind.Directory, encoding.Id, encoding.Bytes, cancellationToken);
        return encoding.Id;
    }

    /// <summary>Writes a snapshot.</summary>
    public static async ValueTask<SnapshotId> WriteSnapshotAsync(this IObjectWriter writer, SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        var id = snapshot.Id;
        await writer.WriteAsync(ObjectKind.Snapshot, id.Hash, SnapshotCodec.Encode(snapshot), cancellationToken);
        return id;
    }
}
