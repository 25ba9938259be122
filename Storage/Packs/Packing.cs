using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Transactions;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Packs;

/// <summary>What packing did.</summary>
/// <param name="Objects">Objects in the new pack.</param>
/// <param name="PackBytes">Its length; 0 when there was nothing to pack.</param>
/// <param name="SegmentsRemoved">Journal segments that are no longer needed.</param>
/// <param name="Damage">Damaged objects that were met; their segments stay.</param>
public sealed record PackReport(long Objects, long PackBytes, int SegmentsRemoved, IReadOnlyList<StoreDamage> Damage);

/// <summary>
/// Turns sealed segments into one pack. The pack is durable under its name before the index of the store points to it, and
/// segments go oldest first after that; a crash at any point leaves every object in one place at least.
/// </summary>
internal sealed class Packing(StoreParts parts, CommitLoop loop)
{
    private readonly List<StoreDamage> _damage = [];

    public async Task<PackReport> RunAsync(CancellationToken cancellationToken)
    {
        List<SegmentFile> segments = [];
        await loop.RunStepAsync(() => segments = Choose(), cancellationToken);
        if (segments.Count == 0)
        {
            return new PackReport(0, 0, 0, []);
        }

        var objects = Objects(segments.Select(segment => SourceId.Segment(segment.Number)).ToHashSet());
        var path = objects.Length == 0 ? null : Write(objects, cancellationToken);
        long bytes = 0;
        var removed = 0;
        await loop.RunStepAsync(
            () =>
            {
                if (path is not null)
                {
                    var pack = PackFile.TryOpen(parts.Options.Files, path) ?? throw new IOException($"The new pack '{path}' cannot be read.");
                    bytes = pack.Length;
                    parts.Packs.Add(pack);
                }

                removed = Remove(segments);
            },
            cancellationToken);
        return new PackReport(objects.Length, bytes, removed, _damage);
    }

    // Metadata of a segment must be in both checkpoints before it may go, so packing writes what is missing of them.
    private List<SegmentFile> Choose()
    {
        loop.CareForClosedSegments();
        var last = parts.Journal.ClosedSegments.TakeWhile(segment => segment.IsSealed).LastOrDefault();
        for (var i = 0; i < 2 && last is not null && parts.Checkpoints.FirstNeededSegment <= last.Number; i++)
        {
            loop.WriteCheckpoint();
        }

        var needed = parts.Checkpoints.FirstNeededSegment;
        return [.. parts.Journal.ClosedSegments.TakeWhile(segment => segment.IsSealed && segment.Number < needed)];
    }

    private KeyValuePair<ContentHash, ObjectLocation>[] Objects(HashSet<SourceId> sources)
    {
        var objects = parts.Index.Snapshot().Where(entry => sources.Contains(entry.Value.Source)).ToArray();
        Array.Sort(objects, static (a, b) => a.Key.CompareTo(b.Key));
        return objects;
    }

    private string Write(KeyValuePair<ContentHash, ObjectLocation>[] objects, CancellationToken cancellationToken)
    {
        using PackWriter writer = new(parts.Options.Files, parts.Packs.Folder, objects.Length);
        foreach (var (id, location) in objects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Add(writer, id, parts.Objects.TryReadAt(id, location) ?? throw new CorruptObjectException(id, "its segment is gone"));
            }
            catch (CorruptObjectException e)
            {
                _damage.Add(new StoreDamage(e.Reason, parts.Objects.PathOf(location), location.Offset, id, location.Kind));
            }
        }

        return writer.Publish();
    }

    private static void Add(PackWriter writer, ContentHash id, StoredObject found)
    {
        var buffer = new byte[found.Bytes.Length];
        var packed = Zstd.TryCompress(found.Bytes.Span, buffer, Zstd.PackLevel);
        ObjectHead head = new(id, found.Kind, packed > 0 ? ObjectCodec.Zstd : ObjectCodec.Raw, 0, found.Bytes.Length);
        writer.Add(head, null, packed > 0 ? buffer.AsSpan(0, packed) : found.Bytes.Span);
    }

    // Oldest first, so that what is left is without gaps; the segment before its index, so that no segment is read as unsealed.
    private int Remove(List<SegmentFile> segments)
    {
        var removed = 0;
        foreach (var segment in segments.TakeWhile(segment => _damage.All(damage => damage.File != segment.Path)))
        {
            parts.Journal.Drop(segment);
            parts.Options.Files.Delete(segment.Path);
            parts.Options.Files.Delete(SegmentIndex.PathOf(segment.Path));
            removed++;
        }

        parts.Options.Files.SyncFolder(parts.Layout.Journal);
        return removed;
    }
}
