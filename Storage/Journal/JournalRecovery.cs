using System.Globalization;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Storage.Files;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Journal;

/// <summary>What recovery hands to the open store.</summary>
internal sealed record RecoveredJournal(
    JournalStart Start, MetaTables Tables, IReadOnlyList<byte[]> ReflogEntries, JournalPosition LastCommit,
    IReadOnlySet<ContentHash> DamagedObjects, RecoveryReport Report);

/// <summary>
/// Reads the journal of a store that was closed or died. Everything after the last good commit goes. A bad record is the torn
/// end of unfinished work, unless something later proves that work after it was acknowledged: then it is damage, which is
/// reported where only objects are lost, and refused where metadata is.
/// </summary>
internal sealed class JournalRecovery(StoreLayout layout, StoreOptions options, ObjectIndex index, StateCheckpoint? checkpoint, List<StoreDamage> damage)
{
    private static readonly HashSet<ContentHash> NoObjects = [];
    private readonly List<SegmentFile> _segments = [];

    /// <summary>Opens, reads and repairs the journal.</summary>
    public Result<RecoveredJournal> Run()
    {
        try
        {
            var opened = OpenSegments();
            var result = opened.IsOk ? Replay() : opened.Error;
            if (!result.IsOk)
            {
                _segments.ForEach(segment => segment.Dispose());
            }

            return result;
        }
        catch
        {
            _segments.ForEach(segment => segment.Dispose());
            throw;
        }
    }

    private Result<Done> OpenSegments()
    {
        var names = options.Files.ListFiles(layout.Journal);
        foreach (var orphan in names.Where(name => name.EndsWith(".wti", StringComparison.Ordinal) && !names.Contains(Path.ChangeExtension(name, ".wtj"))))
        {
            // Its segment went; the removal of this one was lost with the power.
            options.Files.Delete(Path.Combine(layout.Journal, orphan));
        }

        var numbers = names
            .Where(name => name.EndsWith(".wtj", StringComparison.Ordinal))
            .Select(name => uint.TryParse(name.AsSpan(0, name.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .Where(number => number > 0)
            .Order()
            .ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            var path = Path.Combine(layout.Journal, SegmentHeader.FileName(numbers[i]));
            if (i > 0 && numbers[i] != numbers[i - 1] + 1)
            {
                return Corrupt($"the journal segment before '{path}' is missing");
            }

            var file = options.Files.Open(path);
            var bytes = new byte[SegmentHeader.SizeBytes];
            var count = file.Read(bytes, 0);
            if (SegmentHeader.TryDecode(bytes.AsSpan(0, count), numbers[i]) is { } header)
            {
                _segments.Add(new SegmentFile(file, header));
                continue;
            }

            // A segment that died while it was made has nothing behind its header, which is synced first.
            var unborn = i == numbers.Length - 1 && file.Length <= SegmentHeader.SizeBytes;
            file.Dispose();
            if (!unborn)
            {
                return Corrupt($"the header of '{path}' is damaged");
            }

            options.Files.Delete(path);
        }

        return default(Done);
    }

    private Result<RecoveredJournal> Replay()
    {
        if (_segments.Count == 0)
        {
            return checkpoint is null
                ? Begin(1, 0, new byte[CommitChain.LinkBytes], new RecoveryReport(0, 0, null, damage))
                : Corrupt("the journal is gone, but its checkpoint is there");
        }

        var first = checkpoint?.Position.Segment ?? 1;
        if (_segments[0].Number > first)
        {
            return Corrupt($"journal segment {first} is missing, and no checkpoint covers it");
        }

        var needed = _segments.FindIndex(segment => segment.Number == first);
        if (needed < 0)
        {
            return Corrupt($"journal segment {first} is missing, where the last checkpoint stands");
        }

        var start = Math.Min(LoadIndexes(), needed);
        JournalReplay replay = new(_segments, start, index, checkpoint, damage);
        if (replay.Run() is { } reason)
        {
            return Corrupt(reason);
        }

        if (checkpoint is not null && replay.Sequence < checkpoint.Sequence)
        {
            return Corrupt($"the journal ends at commit {replay.Sequence}, but commit {checkpoint.Sequence} was acknowledged");
        }

        return Repair(replay);
    }

    // Returns the position in the list from which segments are to be scanned.
    private int LoadIndexes()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            if (SegmentIndex.TryLoad(options.Files, _segments[i]) is not { } entries)
            {
                return i;
            }

            _segments[i].IsSealed = true;
            foreach (var entry in entries)
            {
                index.Add(entry.Id, new ObjectLocation(SourceId.Segment(_segments[i].Number), entry.Offset, entry.PayloadBytes, entry.Kind));
            }
        }

        return _segments.Count;
    }

    private Result<RecoveredJournal> Repair(JournalReplay replay)
    {
        long dropped = 0;

        // A checkpoint may stand at the beginning of a segment without a commit: it needs that segment to be there.
        var needed = Math.Max(replay.End.Segment, checkpoint?.Position.Segment ?? 0);
        while (_segments[^1] is var last && last.Number > needed && !last.IsSealed)
        {
            dropped += last.File.Length - SegmentHeader.SizeBytes;
            last.Dispose();
            RemoveIndex(last);
            options.Files.Delete(last.Path);
            _segments.RemoveAt(_segments.Count - 1);
        }

        var active = _segments[^1];
        foreach (var segment in _segments.Where(segment => !segment.IsSealed && segment.Number >= replay.End.Segment))
        {
            var end = segment.Number == replay.End.Segment ? replay.End.Offset : SegmentHeader.SizeBytes;
            if (segment.File.Length > end)
            {
                dropped += segment.File.Length - end;
                segment.File.SetLength(end);
            }
        }

        // An index that was not taken must not be taken later either, when its segment may have grown.
        _segments.Where(segment => !segment.IsSealed).ToList().ForEach(RemoveIndex);

        // What a killed process wrote may still be in memory only; it counts from now on, so it must be on disk.
        foreach (var segment in _segments.Where(segment => !segment.IsSealed))
        {
            segment.File.SyncData();
        }

        options.Files.SyncFolder(layout.Journal);
        RecoveryReport report = new(replay.Commits, dropped, replay.Torn, damage);
        if (active.IsSealed)
        {
            return Begin(active.Number + 1, replay.Sequence, replay.Link, report, replay);
        }

        JournalStart start = new(_segments, active.File.Length, replay.Sequence, replay.Link, replay.NextTransaction);
        return new RecoveredJournal(start, replay.Tables, replay.ReflogEntries, replay.LastCommit, replay.DamagedObjects, report);
    }

    private void RemoveIndex(SegmentFile segment)
    {
        var path = SegmentIndex.PathOf(segment.Path);
        if (options.Files.Exists(path))
        {
            options.Files.Delete(path);
        }
    }

    private RecoveredJournal Begin(uint number, ulong sequence, byte[] link, RecoveryReport report, JournalReplay? replay = null)
    {
        var segment = JournalWriter.Create(layout.Journal, options.Files, new SegmentHeader(number, options.NewSalt(), sequence, link));
        _segments.Add(segment);
        JournalStart start = new(_segments, SegmentHeader.SizeBytes, sequence, link, replay?.NextTransaction ?? 1);
        var position = replay?.LastCommit ?? new JournalPosition(number, SegmentHeader.SizeBytes);
        return new RecoveredJournal(start, replay?.Tables ?? MetaTables.Empty, replay?.ReflogEntries ?? [], position, replay?.DamagedObjects ?? NoObjects, report);
    }

    private Error Corrupt(string reason) => new(
        "store_damaged", $"The store '{layout.Folder}' cannot be opened: {reason}.", "Keep a copy of the folder before you try anything on it.");
}
