using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Files;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Reflog;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Journal;

/// <summary>What a store is after its journal was read.</summary>
internal sealed record RecoveredStore(JournalStart Start, MetaTables Tables, ReflogView Reflog, ulong Generation, RecoveryReport Report);

/// <summary>
/// Reads a store's journal: the newest good checkpoint, then every commit after it. What follows the last good commit was
/// never acknowledged and is cut off; damage before it is reported, and damaged metadata stops the opening.
/// </summary>
internal sealed class JournalRecovery(string journalFolder, string stateFolder, StoreOptions options, ObjectIndex index)
{
    private readonly Dictionary<ulong, Pending> _open = [];
    private readonly List<StoreDamage> _damage = [];
    private readonly List<SegmentFile> _segments = [];
    private MetaTables _tables = MetaTables.Empty;
    private ReflogView? _reflog;
    private ulong _sequence;
    private byte[] _link = new byte[CommitChain.LinkBytes];
    private ulong _nextTransaction = 1;
    private long _replayed;
    private long _dropped;
    private StoreDamage? _torn;
    private JournalPosition _lastCommit;
    private List<uint> _numbers = [];
    private bool _ended;
    private ulong _firstAfterCheckpoint;

    /// <summary>Reads everything.</summary>
    /// <exception cref="InvalidDataException">Metadata that was acknowledged is damaged.</exception>
    public RecoveredStore Run()
    {
        var generation = LoadCheckpoint(out var from);
        _numbers = [.. options.Files.ListFiles(journalFolder)
            .Where(name => name.EndsWith(".wtj", StringComparison.Ordinal) && uint.TryParse(name[..^4], out _))
            .Select(name => uint.Parse(name[..^4])).Order()];
        for (var i = 0; i < _numbers.Count; i++)
        {
            Open(_numbers[i], isLast: i == _numbers.Count - 1, from);
        }

        if (_segments.Count == 0)
        {
            _segments.Add(JournalWriter.Create(journalFolder, options.Files, new SegmentHeader(from.Segment + 1, options.NewSalt(), _sequence, _link)));
            _segments[0].NeedsSync = true;
            _lastCommit = new JournalPosition(_segments[0].Number, SegmentHeader.SizeBytes);
        }

        var active = _segments[^1];
        var end = _lastCommit.Segment == active.Number ? Math.Max(_lastCommit.Offset, SegmentHeader.SizeBytes) : SegmentHeader.SizeBytes;
        if (active.File.Length > end)
        {
            _dropped += active.File.Length - end;
            active.File.SetLength(end);
        }

        return new RecoveredStore(
            new JournalStart(_segments, end, _sequence, _link, _nextTransaction), _tables, _reflog!, generation,
            new RecoveryReport(_replayed, _dropped, _torn, _damage));
    }

    private ulong LoadCheckpoint(out JournalPosition from)
    {
        var names = options.Files.ListFiles(stateFolder).Where(name => name.EndsWith(".wts", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = Path.Combine(stateFolder, name);
            if (StateCheckpoint.TryDecode(ReadAll(path)) is { } found && ReflogFile.TryOpen(options.Files, stateFolder, found.Reflog) is { } file)
            {
                (_tables, _sequence, _link, _nextTransaction, from) = (found.Tables, found.Sequence, found.Link, found.NextTransaction, found.Position);
                _reflog = new ReflogView(file, found.Reflog, stateFolder);
                _firstAfterCheckpoint = found.NextTransaction;
                return found.Generation;
            }

            _damage.Add(new StoreDamage("A checkpoint of the metadata is damaged; an older one is used.", path, 0));
        }

        from = default;
        var first = Path.Combine(stateFolder, ReflogFile.FileName(1));
        if (options.Files.Exists(first))
        {
            options.Files.Delete(first); // Begun by a start that never came to its first checkpoint.
        }

        var fresh = ReflogFile.Create(options.Files, stateFolder, 1, default);
        _reflog = new ReflogView(fresh, new ReflogMark(1, ReflogFile.HeaderBytes, 0, default), stateFolder);
        return 0;
    }

    private void Open(uint number, bool isLast, JournalPosition from)
    {
        if (_ended)
        {
            // Behind the end of what was acknowledged: begun, never finished.
            options.Files.Delete(Path.Combine(journalFolder, SegmentHeader.FileName(number)));
            return;
        }

        var file = options.Files.Open(Path.Combine(journalFolder, SegmentHeader.FileName(number)));
        var head = new byte[SegmentHeader.SizeBytes];
        var header = file.Read(head, 0) == head.Length ? SegmentHeader.TryDecode(head, number) : null;
        if (header is null)
        {
            if (!isLast)
            {
                _damage.Add(new StoreDamage("The head of a journal segment is damaged; its objects are missing.", file.Path, 0));
                file.Dispose();
                return;
            }

            // A segment whose beginning never reached the disk holds nothing that was acknowledged.
            _dropped += file.Length;
            file.Dispose();
            options.Files.Delete(Path.Combine(journalFolder, SegmentHeader.FileName(number)));
            return;
        }

        SegmentFile segment = new(file, header);
        _segments.Add(segment);
        if (number < from.Segment && SegmentIndex.TryLoad(options.Files, journalFolder, header) is { } entries)
        {
            Index(segment, entries);
            return;
        }

        Scan(segment, from, isLast);
    }

    private void Scan(SegmentFile segment, JournalPosition from, bool isLast)
    {
        SegmentScanner scanner = new(segment.File, segment.Header.Salt, segment.File.Length);
        while (!scanner.AtEnd && !_ended)
        {
            var at = scanner.Offset;
            var found = scanner.TryNext(out var record);
            if (found && record.IsIntact)
            {
                Take(segment, record, scanner, new JournalPosition(segment.Number, scanner.Offset), from);
                continue;
            }

            if (IsBehindEverythingAcknowledged(segment, at))
            {
                End(segment, at);
            }
            else if (found)
            {
                TakeDamaged(segment, record, scanner.Payload);
            }
            else
            {
                _damage.Add(new StoreDamage("A record of the journal is damaged.", segment.Path, at));
                if (!scanner.TrySkipDamage())
                {
                    return;
                }
            }
        }
    }

    /// <summary>
    /// Tells a torn end from damage. The disk may have written later parts of a crashed transaction and not earlier ones, so
    /// that intact records behind a hole prove nothing by themselves; what proves that a commit was acknowledged is a later
    /// record that says so.
    /// </summary>
    private bool IsBehindEverythingAcknowledged(SegmentFile segment, long at)
    {
        var durable = DurableIn(segment, at);
        foreach (var number in _numbers.Where(number => number > segment.Number))
        {
            using var file = options.Files.Open(Path.Combine(journalFolder, SegmentHeader.FileName(number)));
            var head = new byte[SegmentHeader.SizeBytes];
            if (file.Read(head, 0) == head.Length && SegmentHeader.TryDecode(head, number) is { } header)
            {
                durable = Math.Max(durable, DurableIn(new SegmentFile(file, header), SegmentHeader.SizeBytes));
            }
        }

        return durable <= _sequence;
    }

    private static ulong DurableIn(SegmentFile segment, long from)
    {
        SegmentScanner ahead = new(segment.File, segment.Header.Salt, segment.File.Length);
        ahead.SeekTo(from);
        ulong durable = 0;
        while (!ahead.AtEnd)
        {
            if (!ahead.TryNext(out var record))
            {
                if (!ahead.TrySkipDamage())
                {
                    break;
                }
            }
            else if (record is { IsIntact: true, Frame.Type: RecordType.Durable })
            {
                durable = Math.Max(durable, JournalRecords.DecodeDurable(ahead.Payload));
            }
            else if (record is { IsIntact: true, Frame.Type: RecordType.Commit } && CommitRecord.Decode(ahead.Payload) is { } commit)
            {
                durable = Math.Max(durable, commit.DurableSequence);
            }
        }

        return durable;
    }

    private void End(SegmentFile segment, long at)
    {
        _torn = new StoreDamage("The journal ends in work that was never acknowledged.", segment.Path, at);
        _ended = true;
    }

    private void TakeDamaged(SegmentFile segment, ScannedRecord record, byte[] payload)
    {
        if (record.Frame.Type == RecordType.Object && ObjectHead.TryRead(payload, out var head))
        {
            PendingOf(record.Frame.Transaction).DamagedObjects++;
            _damage.Add(new StoreDamage("An object's bytes are damaged in the journal.", segment.Path, record.Offset, head.Id, head.Kind));
            index.MarkDamaged(head.Id, new ObjectLocation(SourceId.Segment(segment.Number), record.Offset, record.Frame.PayloadBytes, head.Kind));
            return;
        }

        _damage.Add(new StoreDamage($"A {record.Frame.Type} record of the journal is damaged.", segment.Path, record.Offset));
    }

    private void Take(SegmentFile segment, ScannedRecord record, SegmentScanner scanner, JournalPosition end, JournalPosition from)
    {
        var transaction = record.Frame.Transaction;
        _nextTransaction = Math.Max(_nextTransaction, transaction + 1);
        switch (record.Frame.Type)
        {
            case RecordType.Object when ObjectHead.TryRead(scanner.Payload, out var head):
                PendingOf(transaction).Objects.Add((segment, new ObjectEntry(head.Id, record.Offset, record.Frame.PayloadBytes, head.Kind)));
                break;
            case RecordType.Put or RecordType.Delete or RecordType.Reflog:
                PendingOf(transaction).Meta.Add(new(record.Frame.Type, scanner.Payload));
                break;
            case RecordType.Commit when CommitRecord.Decode(scanner.Payload) is { } commit:
                Commit(segment, transaction, commit, record.Offset, end, from);
                break;
            default:
                break;
        }
    }

    private void Commit(SegmentFile segment, ulong transaction, CommitRecord commit, long offset, JournalPosition end, JournalPosition from)
    {
        _ = _open.Remove(transaction, out var pending);
        pending ??= new Pending();
        var isNew = end.CompareTo(from) > 0; // Up to there the checkpoint has the metadata.

        // A transaction that began before the checkpoint may have objects in segments that were not scanned but indexed.
        var isCountable = isNew && transaction >= _firstAfterCheckpoint;
        var isWhole = (!isCountable || commit.ObjectCount == pending.Objects.Count) && (!isNew || Continues(commit, pending));
        if (!isWhole && IsBehindEverythingAcknowledged(segment, offset))
        {
            End(segment, offset);
            return;
        }

        if (isNew && !Continues(commit, pending))
        {
            throw new InvalidDataException($"{segment.Path} at offset {offset}: commit {commit.Sequence} does not continue commit {_sequence}; metadata that was acknowledged is damaged. Restore the store from a backup, or clone the worktree again.");
        }

        if (isCountable && commit.ObjectCount != pending.Objects.Count + pending.DamagedObjects)
        {
            _damage.Add(new StoreDamage($"Commit {commit.Sequence} has {commit.ObjectCount} objects, of which {pending.Objects.Count} can be read.", segment.Path, offset));
        }

        foreach (var (owner, entry) in pending.Objects)
        {
            owner.Committed.Add(entry);
            index.Add(entry.Id, new ObjectLocation(SourceId.Segment(owner.Number), entry.Offset, entry.PayloadBytes, entry.Kind));
        }

        _lastCommit = end;
        if (!isNew)
        {
            return;
        }

        foreach (var (type, payload) in pending.Meta)
        {
            _tables = MetaApply.Apply(_tables, _reflog!, type, payload);
        }

        (_sequence, _link) = (commit.Sequence, commit.Link);
        _replayed++;
    }

    private bool Continues(CommitRecord commit, Pending pending)
    {
        using CommitChain chain = new(_link, commit.Sequence);
        foreach (var (type, payload) in pending.Meta)
        {
            chain.Add(type, payload);
        }

        return commit.Sequence == _sequence + 1 && commit.MetaCount == pending.Meta.Count && chain.Link().AsSpan().SequenceEqual(commit.Link);
    }

    private void Index(SegmentFile segment, IReadOnlyList<ObjectEntry> entries)
    {
        foreach (var entry in entries)
        {
            index.Add(entry.Id, new ObjectLocation(SourceId.Segment(segment.Number), entry.Offset, entry.PayloadBytes, entry.Kind));
        }
    }

    private Pending PendingOf(ulong transaction)
    {
        if (!_open.TryGetValue(transaction, out var pending))
        {
            pending = new Pending();
            _open[transaction] = pending;
        }

        return pending;
    }

    private byte[] ReadAll(string path)
    {
        using var file = options.Files.Open(path);
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? bytes : [];
    }

    private sealed class Pending
    {
        public List<(SegmentFile Segment, ObjectEntry Entry)> Objects { get; } = [];

        public List<KeyValuePair<RecordType, byte[]>> Meta { get; } = [];

        public int DamagedObjects { get; set; }
    }
}
