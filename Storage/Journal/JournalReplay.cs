using W0rktree.Core.Identity;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Journal;

/// <summary>Goes through the records of a journal once and keeps what is committed.</summary>
internal sealed class JournalReplay
{
    private readonly List<SegmentFile> _segments;
    private readonly int _first;
    private readonly ObjectIndex _index;
    private readonly ulong _checkpointed;
    private readonly List<StoreDamage> _damage;
    private readonly Dictionary<ulong, PendingTransaction> _pending = [];
    private readonly List<byte[]> _reflog = [];
    private readonly HashSet<ContentHash> _damagedObjects = [];
    private readonly ulong _firstCounted;
    private ulong? _acknowledged;

    public JournalReplay(List<SegmentFile> segments, int first, ObjectIndex index, StateCheckpoint? checkpoint, List<StoreDamage> damage)
    {
        (_segments, _first, _index, _damage) = (segments, first, index, damage);
        _checkpointed = checkpoint?.Sequence ?? 0;
        Tables = checkpoint?.Tables ?? MetaTables.Empty;
        NextTransaction = _firstCounted = checkpoint?.NextTransaction ?? 1;
        (Sequence, Link) = (segments[first].Header.Sequence, segments[first].Header.Link);
        End = LastCommit = new JournalPosition(segments[first].Number, SegmentHeader.SizeBytes);
    }

    public ulong Sequence { get; private set; }

    public byte[] Link { get; private set; }

    public MetaTables Tables { get; private set; }

    public IReadOnlyList<byte[]> ReflogEntries => _reflog;

    /// <summary>Objects of which the journal has no good copy.</summary>
    public IReadOnlySet<ContentHash> DamagedObjects => _damagedObjects;

    /// <summary>Everything from here on is to be dropped.</summary>
    public JournalPosition End { get; private set; }

    public JournalPosition LastCommit { get; private set; }

    public ulong NextTransaction { get; private set; }

    public long Commits { get; private set; }

    public StoreDamage? Torn { get; private set; }

    /// <summary>Replays; returns why the store cannot be opened, or null.</summary>
    public string? Run()
    {
        for (var i = _first; i < _segments.Count && Torn is null; i++)
        {
            if (Scan(i) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private string? Scan(int at)
    {
        var segment = _segments[at];
        SegmentScanner scanner = new(segment.File, segment.Salt.ToArray(), segment.File.Length);
        while (!scanner.AtEnd)
        {
            var start = scanner.Offset;
            if (scanner.TryNext(out var record))
            {
                NextTransaction = Math.Max(NextTransaction, record.Frame.Transaction + 1);
                if (Take(at, segment, scanner, record) is { } reason)
                {
                    return reason;
                }

                if (Torn is not null)
                {
                    return null;
                }

                continue;
            }

            if (!IsAcknowledgedAfter(at, start))
            {
                Torn = new StoreDamage("The journal ends in an unfinished record.", segment.Path, start);
                return null;
            }

            _damage.Add(new StoreDamage("A journal record is damaged.", segment.Path, start));
            if (!scanner.TrySkipDamage())
            {
                return null;
            }
        }

        return null;
    }

    private string? Take(int at, SegmentFile segment, SegmentScanner scanner, ScannedRecord record)
    {
        if (!record.IsIntact)
        {
            if (!IsAcknowledgedAfter(at, record.Offset))
            {
                Torn = new StoreDamage("The journal ends in an unfinished record.", segment.Path, record.Offset);
                return null;
            }

            TakeDamaged(segment, scanner, record);
            return null;
        }

        switch (record.Frame.Type)
        {
            case RecordType.Commit:
                return Commit(at, segment, record, scanner.Payload, scanner.Offset);
            case RecordType.Durable:
                End = new JournalPosition(segment.Number, scanner.Offset);
                return null;
            case RecordType.Object:
                if (ObjectHead.TryRead(scanner.Payload, out var head))
                {
                    Pending(record).Objects.Add(new PendingObject(segment, new ObjectEntry(head.Id, record.Offset, record.Frame.PayloadBytes, head.Kind), true));
                }

                return null;
            default:
                Pending(record).Meta.Add(new(record.Frame.Type, scanner.Payload));
                return null;
        }
    }

    // A damaged metadata record is left out here; the chain of its commit then refuses.
    private void TakeDamaged(SegmentFile segment, SegmentScanner scanner, ScannedRecord record)
    {
        if (record.Frame.Type == RecordType.Object && ObjectHead.TryRead(scanner.Payload, out var head))
        {
            _damage.Add(new StoreDamage("The content of an object is damaged.", segment.Path, record.Offset, head.Id, head.Kind));
            Pending(record).Objects.Add(new PendingObject(segment, new ObjectEntry(head.Id, record.Offset, record.Frame.PayloadBytes, head.Kind), false));
            return;
        }

        _damage.Add(new StoreDamage($"A journal record of type {record.Frame.Type} is damaged.", segment.Path, record.Offset));
    }

    private string? Commit(int at, SegmentFile segment, ScannedRecord record, byte[] payload, long end)
    {
        _pending.Remove(record.Frame.Transaction, out var transaction);
        transaction ??= new PendingTransaction();
        var commit = CommitRecord.Decode(payload);
        var isLinked = commit is not null && commit.Sequence == Sequence + 1 && IsLinked(commit, transaction);
        var isWhole = isLinked && commit!.ObjectCount == transaction.Objects.Count;
        if (!isWhole && !IsAcknowledgedAfter(at, record.Offset))
        {
            Torn = new StoreDamage("The journal ends in a commit whose records are not all there.", segment.Path, record.Offset);
            return null;
        }

        if (!isLinked)
        {
            return $"metadata before the commit at offset {record.Offset} of '{segment.Path}' is damaged";
        }

        // An older transaction may have objects in sealed segments before the first that is scanned.
        if (!isWhole && record.Frame.Transaction >= _firstCounted)
        {
            _damage.Add(new StoreDamage($"Commit {commit!.Sequence} has {commit.ObjectCount} objects, of which {transaction.Objects.Count} are there.", segment.Path, record.Offset));
        }

        (Sequence, Link) = (commit!.Sequence, commit.Link);
        LastCommit = End = new JournalPosition(segment.Number, end);
        Commits++;
        Publish(transaction);
        return commit.Sequence > _checkpointed ? Apply(transaction, segment, record.Offset) : null;
    }

    private bool IsLinked(CommitRecord commit, PendingTransaction transaction)
    {
        using CommitChain chain = new(Link, commit.Sequence);
        foreach (var (type, payload) in transaction.Meta)
        {
            chain.Add(type, payload);
        }

        return chain.Link().AsSpan().SequenceEqual(commit.Link);
    }

    private void Publish(PendingTransaction transaction)
    {
        foreach (var (segment, entry, isIntact) in transaction.Objects)
        {
            ObjectLocation location = new(SourceId.Segment(segment.Number), entry.Offset, entry.PayloadBytes, entry.Kind);
            if (!segment.IsSealed)
            {
                segment.Committed.Add(entry);
            }

            if (isIntact)
            {
                // Written again after it was damaged: the new one counts.
                _index.Add(entry.Id, location, replace: _damagedObjects.Remove(entry.Id));
            }
            else if (_index.Add(entry.Id, location))
            {
                _damagedObjects.Add(entry.Id);
            }
        }
    }

    private string? Apply(PendingTransaction transaction, SegmentFile segment, long offset)
    {
        foreach (var (type, payload) in transaction.Meta)
        {
            if (type == RecordType.Reflog)
            {
                _reflog.Add(payload);
            }
            else if (!JournalRecords.TryDecodeKey(payload, out var key, out var value))
            {
                return $"a metadata record of the commit at offset {offset} of '{segment.Path}' cannot be read";
            }
            else
            {
                Tables = type == RecordType.Put ? Tables.With(key, value.ToArray()) : Tables.Without(key);
            }
        }

        return null;
    }

    private PendingTransaction Pending(ScannedRecord record)
    {
        if (!_pending.TryGetValue(record.Frame.Transaction, out var transaction))
        {
            _pending[record.Frame.Transaction] = transaction = new PendingTransaction();
        }

        return transaction;
    }

    /// <summary>
    /// Whether a commit later than the last good one was acknowledged. The disk may write unsynced blocks in any order, so a
    /// good record after a bad one proves nothing by itself; one that says what was durable before it was written does.
    /// </summary>
    private bool IsAcknowledgedAfter(int at, long offset)
    {
        _acknowledged ??= HighestClaim(at, offset);
        return _acknowledged > Sequence;
    }

    private ulong HighestClaim(int at, long offset)
    {
        var highest = _checkpointed;
        for (var i = at; i < _segments.Count; i++)
        {
            SegmentScanner scanner = new(_segments[i].File, _segments[i].Salt.ToArray(), _segments[i].File.Length);
            if (i == at)
            {
                scanner.SeekTo(offset);
            }

            while (!scanner.AtEnd)
            {
                if (!scanner.TryNext(out var record))
                {
                    if (!scanner.TrySkipDamage())
                    {
                        break;
                    }
                }
                else if (record.IsIntact)
                {
                    highest = Math.Max(highest, ClaimOf(record.Frame.Type, scanner.Payload));
                }
            }
        }

        return highest;
    }

    private static ulong ClaimOf(RecordType type, byte[] payload) => type switch
    {
        RecordType.Commit => CommitRecord.Decode(payload)?.DurableSequence ?? 0,
        RecordType.Durable => JournalRecords.DecodeDurable(payload),
        _ => 0,
    };

    private sealed record PendingObject(SegmentFile Segment, ObjectEntry Entry, bool IsIntact);

    private sealed class PendingTransaction
    {
        public List<PendingObject> Objects { get; } = [];

        public List<KeyValuePair<RecordType, byte[]>> Meta { get; } = [];
    }
}
