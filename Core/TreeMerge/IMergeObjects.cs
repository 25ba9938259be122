using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Core.TreeMerge;

/// <summary>What a merge reads and writes. The seam between the algorithm and how objects are kept: in a store, or in git.</summary>
public interface IMergeObjects
{
    /// <summary>Reads a directory.</summary>
    ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken);

    /// <summary>Reads file content of at most <paramref name="limitBytes"/> bytes, or gives null where it is larger.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken);

    /// <summary>Writes a directory and gives its id.</summary>
    ValueTask<ContentHash> WriteDirectoryAsync(DirectoryObject directory, CancellationToken cancellationToken);

    /// <summary>Writes content and gives its id.</summary>
    ValueTask<ContentHash> WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}

/// <summary>Merges objects of a store.</summary>
public sealed class StoredMergeObjects(ObjectGraph objects, IObjectWriter writer, IContentSource contents) : IMergeObjects
{
    /// <inheritdoc/>
    public ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken) => objects.ReadDirectoryAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken) => contents.ReadAsync(id, limitBytes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ContentHash> WriteDirectoryAsync(DirectoryObject directory, CancellationToken cancellationToken) => writer.WriteDirectoryAsync(directory, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ContentHash> WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = ContentHash.OfContent(content.Span);
        await writer.WriteAsync(ObjectKind.Content, id, content, cancellationToken);
        return id;
    }
}
