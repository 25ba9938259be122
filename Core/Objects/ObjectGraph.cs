using System.Collections.Concurrent;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;

namespace W0rktree.Core.Objects;

/// <summary>Reads objects as what they mean, on top of any <see cref="IObjectReader"/>. Thread-safe as the reader is.</summary>
public sealed class ObjectGraph(IObjectReader reader)
{
    private ConcurrentDictionary<ContentHash, DirectoryObject>? _remembered;

    /// <summary>Gets the source of the bytes.</summary>
    public IObjectReader Reader => reader;

    /// <summary>Gives a graph of the same objects that keeps every directory it reads: for one operation that asks for them again.</summary>
    public ObjectGraph Remembering() => new(reader) { _remembered = new() };

    /// <summary>Reads a directory with all its pages.</summary>
    /// <exception cref="MissingObjectException">The directory or one of its pages is not there.</exception>
    /// <exception cref="CorruptObjectException">The bytes are not that directory.</exception>
    public async ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (id == DirectoryObject.Empty.Id)
        {
            return DirectoryObject.Empty;
        }

        if (_remembered is null)
        {
            return await DecodeDirectoryAsync(id, cancellationToken);
        }

        return _remembered.TryGetValue(id, out var known) ? known : _remembered[id] = await DecodeDirectoryAsync(id, cancellationToken);
    }

    private async ValueTask<DirectoryObject> DecodeDirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(id, ObjectKind.Directory, "a directory", cancellationToken);
        var isVerified = reader is IVerifiedObjectReader;
        var head = stored.Directory ?? (isVerified ? DirectoryCodec.DecodeVerified(id, stored.Bytes.Span) : DirectoryCodec.Decode(id, stored.Bytes.Span));
        if (head is DirectoryHead.Plain plain)
        {
            return plain.Directory;
        }

        var ids = ((DirectoryHead.Paged)head).Pages;
        var pages = new DirectoryObject[ids.Length];
        for (var i = 0; i < pages.Length; i++)
        {
            var page = await ReadAsync(ids[i], ObjectKind.Page, "a directory", cancellationToken);
            pages[i] = page.Page ?? (isVerified ? DirectoryCodec.DecodeVerifiedPage(ids[i], page.Bytes.Span) : DirectoryCodec.DecodePage(ids[i], page.Bytes.Span));
        }

        return DirectoryCodec.Join(id, pages);
    }

    /// <summary>Reads a snapshot.</summary>
    /// <exception cref="MissingObjectException">It is not there.</exception>
    /// <exception cref="CorruptObjectException">The bytes are not that snapshot.</exception>
    public async ValueTask<SnapshotObject> ReadSnapshotAsync(SnapshotId id, CancellationToken cancellationToken) =>
        SnapshotCodec.Decode(id, (await ReadAsync(id.Hash, ObjectKind.Snapshot, "history", cancellationToken)).Bytes.Span);

    /// <summary>Reads a snapshot, or gives null where it is not there.</summary>
    public async ValueTask<SnapshotObject?> TryReadSnapshotAsync(SnapshotId id, CancellationToken cancellationToken) =>
        await reader.TryReadAsync(id.Hash, cancellationToken) is { Kind: ObjectKind.Snapshot } found ? SnapshotCodec.Decode(id, found.Bytes.Span) : null;

    /// <summary>Finds what a path names below a root directory, or null where nothing stands there. The root itself has no entry.</summary>
    public async ValueTask<DirectoryEntry?> FindAsync(ContentHash root, TreePath path, CancellationToken cancellationToken)
    {
        DirectoryEntry? found = null;
        var directory = root;
        foreach (var name in path.Names())
        {
            if (found is not null && found.Kind != EntryKind.Directory)
            {
                return null;
            }

            found = (await ReadDirectoryAsync(directory, cancellationToken)).Find(name);
            if (found is null)
            {
                return null;
            }

            directory = found.Hash;
        }

        return found;
    }

    private async ValueTask<StoredObject> ReadAsync(ContentHash id, ObjectKind kind, string referencedBy, CancellationToken cancellationToken)
    {
        var found = await reader.TryReadAsync(id, cancellationToken) ?? throw new MissingObjectException(id, referencedBy);
        return found.Kind == kind ? found : throw new CorruptObjectException(id, $"it is stored as {found.Kind}, not as {kind}");
    }
}
