using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage;

namespace W0rktree.Silo.Vault;

/// <summary>Checks that everything a snapshot reaches is in the upload or in the tree already, and lists what the tree lacks.</summary>
/// <remarks>
/// The walk stops at what the tree has: it came in with its whole closure, in one transaction. Nothing else on the server
/// counts, so an upload cannot make use of an object by knowing its hash.
/// </remarks>
internal sealed class UploadClosure(ObjectStore upload, ObjectStore tree, TreeId id, SealedUpload restored) : IObjectReader
{
    private readonly HashSet<Reference> _seen = [];
    private readonly Stack<Reference> _open = new();
    private readonly List<ContentHash> _found = [];

    /// <summary>Checks one snapshot; the list is what is to be copied.</summary>
    public async Task<Result<IReadOnlyList<ContentHash>>> CheckAsync(SnapshotId tip, CancellationToken cancellationToken)
    {
        var graph = new ObjectGraph(this);
        Refer(tip.Hash, ObjectKind.Snapshot, 0);
        while (_open.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!restored.IsHidden(next.Id) && tree.KindOf(next.Id) is { } kind)
            {
                if ((kind == ObjectKind.ChunkList ? ObjectKind.Content : kind) != next.Kind)
                {
                    return new Error("invalid_argument", $"{next.Id.ToShortString()} is referred to as {next.Kind}, but is {kind}.");
                }

                if (next.Kind == ObjectKind.Content && await WrongSizeAsync(tree, next, cancellationToken) is { } wrong)
                {
                    return wrong;
                }

                continue;
            }

            if (!upload.Contains(next.Id))
            {
                return new Error("missing_objects", $"The upload lacks {next.Kind} {next.Id.ToShortString()}, which it refers to.", "Send it again: wt sync");
            }

            _found.Add(next.Id);
            if (await ExpandAsync(graph, next, cancellationToken) is { } error)
            {
                return error;
            }
        }

        return _found;
    }

    /// <inheritdoc/>
    public async ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken) =>
        restored.Find(id) ?? await upload.TryReadAsync(id, cancellationToken) ?? await tree.TryReadAsync(id, cancellationToken);

    private async Task<Error?> ExpandAsync(ObjectGraph graph, Reference next, CancellationToken cancellationToken)
    {
        try
        {
            switch (next.Kind)
            {
                case ObjectKind.Snapshot:
                    return Expand(await graph.ReadSnapshotAsync(new SnapshotId(next.Id), cancellationToken));
                case ObjectKind.Directory:
                    return await ExpandDirectoryAsync(graph, next.Id, cancellationToken);
                case ObjectKind.Content:
                    return await WrongSizeAsync(upload, next, cancellationToken);
                default:
                    return null;
            }
        }
        catch (MissingObjectException e)
        {
            return new Error("missing_objects", e.Message, "Send it again: wt sync");
        }
        catch (CorruptObjectException e)
        {
            return new Error("invalid_argument", $"The upload holds something that is not what refers to it says: {e.Message}");
        }
    }

    /// <summary>An entry's size is shown to people and trusted by readers, so it has to be the content's, wherever that is.</summary>
    private static async Task<Error?> WrongSizeAsync(ObjectStore store, Reference content, CancellationToken cancellationToken)
    {
        var size = await store.ContentLengthAsync(content.Id, cancellationToken);
        return (ulong?)size == content.SizeBytes
            ? null
            : new Error("invalid_argument", $"Content {content.Id.ToShortString()} has {size} bytes, but an entry says {content.SizeBytes}.");
    }

    private Error? Expand(SnapshotObject snapshot)
    {
        if (snapshot.Author.IsWithheld || snapshot.Recorder.IsWithheld || snapshot.Message.IsWithheld)
        {
            return new Error("invalid_argument", $"Snapshot {snapshot.Id.ToShortString()} withholds its author or message; the server keeps history whole.");
        }

        if (snapshot.Tree != id)
        {
            return new Error("invalid_argument", $"Snapshot {snapshot.Id.ToShortString()} belongs to another tree.");
        }

        foreach (var parent in snapshot.Parents)
        {
            Refer(parent.Hash, ObjectKind.Snapshot, 0);
        }

        Refer(snapshot.Root, ObjectKind.Directory, 0);
        foreach (var conflict in snapshot.Conflicts)
        {
            foreach (var side in new[] { conflict.Base, conflict.Ours, conflict.Theirs })
            {
                if (side is not null)
                {
                    Refer(side.Hash, side.Kind, side.SizeBytes);
                }
            }
        }

        return null;
    }

    private async Task<Error?> ExpandDirectoryAsync(ObjectGraph graph, ContentHash directory, CancellationToken cancellationToken)
    {
        var head = await TryReadAsync(directory, cancellationToken);
        if (head is { Kind: ObjectKind.Directory } && DirectoryCodec.Decode(directory, head.Bytes.Span) is DirectoryHead.Paged paged)
        {
            foreach (var page in paged.Pages)
            {
                Refer(page, ObjectKind.Page, 0);
            }
        }

        // A bare digest names nothing that could be checked; what its sender may not read was put in again before.
        var whole = await graph.ReadDirectoryAsync(directory, cancellationToken);
        if (whole.HasSealed)
        {
            return new Error("invalid_argument", $"Directory {directory.ToShortString()} has sealed entries, whose content cannot be checked.");
        }

        foreach (var entry in whole.Entries)
        {
            Refer(entry.Hash, entry.Kind, entry.SizeBytes);
        }

        return null;
    }

    private void Refer(ContentHash id, EntryKind kind, ulong size)
    {
        switch (kind)
        {
            case EntryKind.Directory:
                Refer(id, ObjectKind.Directory, 0);
                break;
            case EntryKind.File or EntryKind.Executable or EntryKind.Symlink:
                Refer(id, ObjectKind.Content, size);
                break;
            default:
                break; // Nested trees and foreign links point out of this tree: nothing of theirs is here.
        }
    }

    private void Refer(ContentHash id, ObjectKind kind, ulong size)
    {
        var reference = new Reference(id, kind, size);
        if (id != DirectoryObject.Empty.Id && _seen.Add(reference))
        {
            _open.Push(reference);
        }
    }

    private readonly record struct Reference(ContentHash Id, ObjectKind Kind, ulong SizeBytes);
}
