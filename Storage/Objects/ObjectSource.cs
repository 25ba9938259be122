using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Packs;

namespace W0rktree.Storage.Objects;

/// <summary>
/// Reads objects from journal and packs and checks each against its id. Where several places have an object, the first good
/// copy counts. Thread safe.
/// </summary>
internal sealed class ObjectSource(ObjectCatalog catalog, JournalWriter journal)
{
    // An object moves from a segment into a pack at most once while it is read, and once more by each merge of packs.
    private const int Attempts = 8;

    private readonly PackReader _packReader = catalog.Packs.Reader;

    /// <summary>Reads a committed object; null when there is none.</summary>
    /// <exception cref="CorruptObjectException">What is stored is not the object; names file and offset.</exception>
    public StoredObject? TryRead(ContentHash id)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryReadOnce(id, out var found))
            {
                return found;
            }
        }

        throw new CorruptObjectException(id, "its file is gone");
    }

    /// <summary>Tells whether an object, or a chunk of it, is not stored or had no good copy when it was last read. Relies on nothing.</summary>
    public bool IsLost(ContentHash id)
    {
        if (!catalog.Holds(id) || catalog.IsDamaged(id))
        {
            return true;
        }

        var isList = catalog.Journal.TryGet(id, out var location) ? location.Kind == ObjectKind.ChunkList
            : catalog.Packs.TryFind(id, out _, out var place) && place.Kind == ObjectKind.ChunkList;
        return isList && (TryRead(id) is not { } list || ChunkList.Decode(id, list.Bytes.Span).Chunks.Any(chunk => IsLost(chunk.Id)));
    }

    /// <summary>Reads an object of the journal from its place; null when the place is no longer there.</summary>
    public StoredObject? TryReadAt(ContentHash id, ObjectLocation location)
    {
        if (!TryReadPayload(location, out var payload, out var path))
        {
            return null;
        }

        try
        {
            return Expand(id, location, payload);
        }
        catch (CorruptObjectException e)
        {
            throw new CorruptObjectException(id, $"{e.Reason} ({path} at offset {location.Offset})", e);
        }
    }

    /// <summary>Names the file of a place, for reports.</summary>
    public string PathOf(ObjectLocation location) => journal.Segment(location.Source.Value)?.Path ?? "a removed file";

    /// <summary>Answers false where files went while they were read, and it is worth another look.</summary>
    private bool TryReadOnce(ContentHash id, out StoredObject? found)
    {
        found = null;
        CorruptObjectException? first = null;
        try
        {
            if (catalog.Journal.TryGet(id, out var location))
            {
                found = TryReadAt(id, location);
                return found is not null;
            }
        }
        catch (CorruptObjectException e)
        {
            first = e;
        }

        foreach (var pack in catalog.Packs.All)
        {
            try
            {
                if (pack.Index.TryFind(id, out var place))
                {
                    found = _packReader.Read(pack, id, place);
                    return true;
                }
            }
            catch (CorruptObjectException e)
            {
                first ??= e;
            }
            catch (ObjectDisposedException)
            {
                // Merged into another pack; the set knows it by now.
                return false;
            }
        }

        if (first is not null)
        {
            catalog.MarkDamaged(id);
            throw first;
        }

        return true;
    }

    private static StoredObject Expand(ContentHash id, ObjectLocation location, ReadOnlyMemory<byte>? payload)
    {
        if (payload is not { } bytes)
        {
            throw new CorruptObjectException(id, "its bytes do not match their checksum");
        }

        if (!ObjectHead.TryRead(bytes.Span, out var head) || head.Id != id || head.Kind != location.Kind)
        {
            throw new CorruptObjectException(id, "another object stands in its place");
        }

        var content = Unpack(head, bytes[ObjectHead.SizeBytes..]);
        return ObjectCheck.Checked(head.Kind, id, content);
    }

    private static ReadOnlyMemory<byte> Unpack(in ObjectHead head, ReadOnlyMemory<byte> data)
    {
        if (head.Codec == ObjectCodec.Raw)
        {
            return data.Length == head.RawBytes ? data : throw new CorruptObjectException(head.Id, "its length is not what its head says");
        }

        var content = GC.AllocateUninitializedArray<byte>(head.RawBytes);
        return Zstd.TryExpand(data.Span, content) ? content : throw new CorruptObjectException(head.Id, "it cannot be expanded");
    }

    private bool TryReadPayload(ObjectLocation location, out ReadOnlyMemory<byte>? payload, out string path)
    {
        (payload, path) = (null, PathOf(location));
        try
        {
            var segment = journal.Segment(location.Source.Value);
            payload = segment is null ? null : journal.ReadRecord(segment, location.Offset, location.PayloadBytes)?.AsMemory(RecordFrame.SizeBytes);
            return segment is not null;
        }
        catch (ObjectDisposedException)
        {
            // Packed and removed between the two steps; a pack has it.
            return false;
        }
    }
}
