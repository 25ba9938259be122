using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
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
/// Turns sealed segments into one pack. The pack is durable under its name before the store reads from it, and segments go
/// oldest first after that; a crash at any point leaves every object in one place at least.
/// </summary>
internal sealed class Packing(StoreParts parts, CommitLoop loop)
{
    public async Task<PackReport> RunAsync(bool closeActive, CancellationToken cancellationToken)
    {
        List<SegmentFile> segments = [];
        await loop.RunStepAsync(() => segments = Choose(closeActive), cancellationToken);
        if (segments.Count == 0)
        {
            return new PackReport(0, 0, 0, []);
        }

        var sources = segments.Select(segment => SourceId.Segment(segment.Number)).ToHashSet();
        var objects = Objects(sources);
        PackBuild build = new(parts, PackEffort.Quick);
        var snapshots = objects.Where(entry => entry.Value.Kind == ObjectKind.Snapshot).Select(entry => entry.Key);
        var path = objects.Count == 0 ? null : await build.WriteAsync(objects.Keys.ToHashSet(), snapshots, [], cancellationToken);
        long bytes = 0;
        var packed = 0;
        var removed = 0;
        await loop.RunStepAsync(
            () =>
            {
                if (path is not null)
                {
                    var pack = PackFile.TryOpen(parts.Options.Files, path, []) ?? throw new IOException($"The new pack '{path}' cannot be read.");
                    (bytes, packed) = (pack.Length, pack.Index.Count);
                    parts.Packs.Replace([], pack);
                }

                removed = Remove(segments, sources, build.Damage);
            },
            cancellationToken);
        return new PackReport(packed, bytes, removed, build.Damage);
    }

    // Metadata of a segment must be in both checkpoints before it may go, so packing writes what is missing of them.
    private List<SegmentFile> Choose(bool closeActive)
    {
        if (closeActive)
        {
            // What stands behind the last commit was not synced yet, and an unsynced segment cannot be sealed.
            parts.Journal.CloseActive();
            parts.Journal.Sync();
        }

        loop.CareForClosedSegments();
        var last = parts.Journal.ClosedSegments.TakeWhile(segment => segment.IsSealed).LastOrDefault();
        for (var i = 0; i < 2 && last is not null && parts.Checkpoints.FirstNeededSegment <= last.Number; i++)
        {
            loop.WriteCheckpoint();
        }

        var needed = parts.Checkpoints.FirstNeededSegment;
        return [.. parts.Journal.ClosedSegments.TakeWhile(segment => segment.IsSealed && segment.Number < needed)];
    }

    // What a pack has already, after a crash between the last two steps, is not packed again, provided that it can be read there.
    private Dictionary<ContentHash, ObjectLocation> Objects(HashSet<SourceId> sources) => parts.Catalog.Journal.Snapshot()
        .Where(entry => sources.Contains(entry.Value.Source) && !IsPacked(entry.Key))
        .ToDictionary(entry => entry.Key, entry => entry.Value);

    private bool IsPacked(ContentHash id)
    {
        if (!parts.Packs.TryFind(id, out var pack, out var place))
        {
            return false;
        }

        try
        {
            return parts.Packs.Reader.Read(pack!, id, place).Kind == place.Kind;
        }
        catch (CorruptObjectException)
        {
            return false;
        }
    }

    // Oldest first, each durably before the next: a disk may forget one removal and keep a later one, and what is left must be
    // without gaps. The segment before its index, so that no segment is read as unsealed.
    private int Remove(List<SegmentFile> segments, HashSet<SourceId> sources, IReadOnlyList<StoreDamage> damaged)
    {
        var kept = segments.SkipWhile(segment => damaged.All(damage => damage.File != segment.Path)).ToArray();
        sources.ExceptWith(kept.Select(segment => SourceId.Segment(segment.Number)));
        parts.Catalog.Journal.Remove(sources);
        var removed = 0;
        foreach (var segment in segments.Take(segments.Count - kept.Length))
        {
            parts.Journal.Drop(segment);
            parts.Options.Files.Delete(segment.Path);
            parts.Options.Files.Delete(SegmentIndex.PathOf(segment.Path));
            parts.Options.Files.SyncFolder(parts.Layout.Journal);
            removed++;
        }

        return removed;
    }
}
