using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Packs;

namespace W0rktree.Storage.Objects;

/// <summary>Reads objects from segments and packs and checks each against its id. Thread safe.</summary>
internal sealed class ObjectSource(ObjectIndex index, JournalWriter journal, PackSet packs)
{
    // Deltas of deltas are followed no deeper: the format bounds a chain, and a damaged pack must not make it endless.
    private const int MaxDepth = 64;

    // An object moves from a segment into a pack at most once while it is read, and once more by the next packing.
    private const int Attempts = 4;

    /// <summary>Reads a committed object; null when there is none.</summary>
    /// <exception cref="CorruptObjectException">What is stored is not the object; names file and offset.</exception>
    public StoredObject? TryRead(ContentHash id)
    {
        for (var attempt = 0; attempt < Attempts && index.TryGet(id, out var location); attempt++)
        {
            if (TryReadAt(id, location) is { } found)
            {
                return found;
            }
        }

        return index.TryGet(id, out var last) ? throw new CorruptObjectException(id, $"its file is gone (source {last.Source.Value})") : null;
    }

    /// <summary>Reads an object from a place; null when the place is no longer there.</summary>
    public StoredObject? TryReadAt(ContentHash id, ObjectLocation location, int depth = 0)
    {
        if (!TryReadPayload(location, out var payload, out var path))
        {
            return null;
        }

        try
        {
            return Expand(id, location, payload, depth);
        }
        catch (CorruptObjectException e)
        {
            index.MarkDamaged(id, location);
            throw new CorruptObjectException(id, $"{e.Reason} ({path} at offset {location.Offset})", e);
        }
    }

    /// <summary>Names the file of a place, for reports.</summary>
    public string PathOf(ObjectLocation location) =>
        (location.Source.IsPack ? packs.Find(location.Source)?.Path : journal.Segment(location.Source.Value)?.Path) ?? "a removed file";

    private StoredObject Expand(ContentHash id, ObjectLocation location, ReadOnlyMemory<byte>? payload, int depth)
    {
        if (payload is not { } bytes)
        {
            throw new CorruptObjectException(id, "its bytes do not match their checksum");
        }

        if (!ObjectHead.TryRead(bytes.Span, out var head) || head.Id != id || head.Kind != location.Kind)
        {
            throw new CorruptObjectException(id, "another object stands in its place");
        }

        var content = Unpack(head, bytes, depth);
        ObjectCheck.Require(head.Kind, id, content.Span);
        return new StoredObject(head.Kind, content);
    }

    private ReadOnlyMemory<byte> Unpack(in ObjectHead head, ReadOnlyMemory<byte> payload, int depth)
    {
        var data = payload[head.DataOffset..];
        if (head.Codec == ObjectCodec.Raw)
        {
            return data.Length == head.RawBytes ? data : throw new CorruptObjectException(head.Id, "its length is not what its head says");
        }

        var content = GC.AllocateUninitializedArray<byte>(head.RawBytes);
        var expanded = head.Codec == ObjectCodec.Zstd
            ? Zstd.TryExpand(data.Span, content)
            : ZstdDelta.TryExpand(data.Span, ReadBase(head, payload, depth).Span, content);
        return expanded ? content : throw new CorruptObjectException(head.Id, "it cannot be expanded");
    }

    private ReadOnlyMemory<byte> ReadBase(in ObjectHead head, ReadOnlyMemory<byte> payload, int depth)
    {
        var id = ContentHash.FromBytes(payload.Span.Slice(ObjectHead.SizeBytes, ContentHash.SizeBytes));
        if (depth >= MaxDepth)
        {
            throw new CorruptObjectException(head.Id, "its chain of deltas is too long");
        }

        var found = index.TryGet(id, out var location) ? TryReadAt(id, location, depth + 1) : null;
        return found?.Bytes ?? throw new CorruptObjectException(head.Id, $"the base of its delta, {id}, is missing");
    }

    private bool TryReadPayload(ObjectLocation location, out ReadOnlyMemory<byte>? payload, out string path)
    {
        (payload, path) = (null, PathOf(location));
        try
        {
            if (location.Source.IsPack)
            {
                var pack = packs.Find(location.Source);
                payload = pack?.ReadEntry(location.Offset, location.PayloadBytes)?.AsMemory(PackFile.EntryHeadBytes);
                return pack is not null;
            }

            var segment = journal.Segment(location.Source.Value);
            payload = segment is null ? null : journal.ReadRecord(segment, location.Offset, location.PayloadBytes)?.AsMemory(RecordFrame.SizeBytes);
            return segment is not null;
        }
        catch (ObjectDisposedException)
        {
            // Packed and removed between the two steps; the index knows the new place.
            return false;
        }
    }
}
