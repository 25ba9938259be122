using W0rktree.Core;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;

namespace W0rktree.Storage.Collection;

/// <summary>
/// Marks what roots reach. Reads snapshots, directories and lists of chunks, never content. Whatever of them cannot be read
/// is an error: what is below it would look like garbage.
/// </summary>
internal sealed class Reachability(IObjectReader reader, Func<ContentHash, ObjectKind?> kindOf)
{
    private readonly ObjectGraph _graph = new(reader);
    private readonly HashSet<ContentHash> _marked = [];
    private readonly Stack<Open> _open = [];

    public IReadOnlySet<ContentHash> Marked => _marked;

    /// <summary>Marks what further roots reach; gives the error of a root that cannot be followed.</summary>
    public async Task<Result<Done>> MarkAsync(IEnumerable<GarbageRoot> roots, CancellationToken cancellationToken)
    {
        foreach (var root in roots)
        {
            try
            {
                await MarkAsync(root.Id, cancellationToken);
            }
            catch (Exception e) when (e is CorruptObjectException or MissingObjectException)
            {
                // What was marked so far stays marked, which keeps too much at worst; but this collection is over.
                return new Error(
                    "gc_root_unreadable", $"Nothing is removed: '{root.Name}' cannot be followed to its end. {e.Message}", "'wt doctor' says what is damaged.");
            }
        }

        return default(Done);
    }

    private async Task MarkAsync(ContentHash root, CancellationToken cancellationToken)
    {
        Push(root, KindOfRoot(root));
        while (_open.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (next.Kind)
            {
                case ObjectKind.Snapshot:
                    await SnapshotAsync(next.Id, cancellationToken);
                    break;
                case ObjectKind.Directory:
                    await DirectoryAsync(next.Id, cancellationToken);
                    break;
                case ObjectKind.ChunkList:
                    await ChunksAsync(next.Id, cancellationToken);
                    break;
                default:
                    break;
            }
        }
    }

    // A pin may name content as well; what is named and absent was to be a snapshot.
    private ObjectKind KindOfRoot(ContentHash id) => kindOf(id) ?? throw new MissingObjectException(id, "a root");

    private void Push(ContentHash id, ObjectKind kind)
    {
        if (_marked.Add(id))
        {
            _open.Push(new Open(id, kind));
        }
    }

    private async Task SnapshotAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var snapshot = await _graph.ReadSnapshotAsync(new SnapshotId(id), cancellationToken);
        foreach (var parent in snapshot.Parents)
        {
            Push(parent.Hash, ObjectKind.Snapshot);
        }

        foreach (var conflict in snapshot.Conflicts)
        {
            foreach (var side in new[] { conflict.Base, conflict.Ours, conflict.Theirs })
            {
                Entry(side?.Kind, side?.Hash ?? default);
            }
        }

        Push(snapshot.Root, ObjectKind.Directory);
    }

    private async Task DirectoryAsync(ContentHash id, CancellationToken cancellationToken)
    {
        if (id == DirectoryObject.Empty.Id)
        {
            return;
        }

        var head = await reader.TryReadAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a directory");
        if (head.Kind != ObjectKind.Directory)
        {
            throw new CorruptObjectException(id, $"it is stored as {head.Kind}, not as a directory");
        }

        switch (DirectoryCodec.Decode(id, head.Bytes.Span))
        {
            case DirectoryHead.Plain plain:
                Entries(plain.Directory);
                break;
            case DirectoryHead.Paged paged:
                foreach (var page in paged.Pages.Where(_marked.Add))
                {
                    var found = await reader.TryReadAsync(page, cancellationToken) ?? throw new MissingObjectException(page, $"directory {id}");
                    Entries(DirectoryCodec.DecodePage(page, found.Bytes.Span));
                }

                break;
            default:
                throw new InvalidOperationException("A directory is either whole or in pages.");
        }
    }

    private void Entries(DirectoryObject directory)
    {
        foreach (var entry in directory.Entries)
        {
            Entry(entry.Kind, entry.Hash);
        }
    }

    private void Entry(EntryKind? kind, ContentHash hash)
    {
        switch (kind)
        {
            case EntryKind.Directory:
                Push(hash, ObjectKind.Directory);
                break;
            case EntryKind.File or EntryKind.Executable or EntryKind.Symlink:
                // Only a list of chunks reaches further; content that is not here is for the doctor to say.
                Push(hash, kindOf(hash) ?? ObjectKind.Content);
                break;
            default:
                // Nested trees and links lead out of this store.
                break;
        }
    }

    private async Task ChunksAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var list = await reader.TryReadAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a large file");
        foreach (var chunk in ChunkList.Decode(id, list.Bytes.Span).Chunks)
        {
            _marked.Add(chunk.Id);
        }
    }

    private readonly record struct Open(ContentHash Id, ObjectKind Kind);
}
