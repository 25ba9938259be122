using System.Collections.Concurrent;
using W0rktree.Storage.Files;
using W0rktree.Storage.Objects;

namespace W0rktree.Storage.Journal;

/// <summary>
/// Appends records to the active segment through a buffer of 1 MiB and begins a new segment when it is full. Appending is
/// thread safe; syncing is the commit loop's alone. A failed write or sync poisons the store.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly Lock _gate = new();
    private readonly StoreOptions _options;
    private readonly string _folder;
    private readonly Poison _poison;
    private readonly ConcurrentDictionary<uint, SegmentFile> _segments = new();
    private readonly ConcurrentDictionary<ulong, uint> _openTransactions = new();
    private SegmentFile _active;
    private byte[]? _buffer;
    private int _buffered;
    private long _written;
    private ulong _nextTransaction;

    public JournalWriter(string folder, StoreOptions options, Poison poison, JournalStart start)
    {
        (_folder, _options, _poison) = (folder, options, poison);
        foreach (var segment in start.Segments)
        {
            _segments[segment.Number] = segment;
        }

        _active = start.Segments[^1];
        _written = start.ActiveLength;
        _nextTransaction = start.NextTransaction;
        Sequence = start.Sequence;
        Link = start.Link;
    }

    /// <summary>Number of the last commit that was appended.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>The chain after that commit.</summary>
    public byte[] Link { get; private set; }

    public ulong NextTransaction => Volatile.Read(ref _nextTransaction);

    public uint ActiveSegment => _active.Number;

    /// <summary>Whether the last commit stands before the active segment.</summary>
    public bool BeginsAtLastCommit => _active.Header.Sequence == Sequence;

    public IReadOnlyList<SegmentFile> ClosedSegments => [.. _segments.Values.Where(s => s.Number < ActiveSegment).OrderBy(s => s.Number)];

    public IReadOnlyList<SegmentFile> AllSegments => [.. _segments.Values.OrderBy(s => s.Number)];

    /// <summary>The bytes of all records that are not in packs; 0 where there is none.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _segments.Values.Sum(segment => segment == _active ? _written + _buffered : segment.File.Length) - (_segments.Count * (long)SegmentHeader.SizeBytes);
            }
        }
    }

    /// <summary>Segments from this one on have records of transactions that are still open.</summary>
    public uint FirstOpenSegment => _openTransactions.IsEmpty ? uint.MaxValue : _openTransactions.Values.Min();

    public ulong BeginTransaction() => Interlocked.Increment(ref _nextTransaction) - 1;

    public void EndTransaction(ulong transaction) => _openTransactions.TryRemove(transaction, out _);

    public ObjectLocation AppendObject(ulong transaction, in ObjectHead head, ReadOnlySpan<byte> data)
    {
        Span<byte> packed = stackalloc byte[ObjectHead.SizeBytes];
        head.Write(packed);
        var checksum = Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Seed, packed), data));
        RecordFrame frame = new(RecordType.Object, ObjectHead.SizeBytes + data.Length, checksum, transaction);
        return Guarded(packed, data, frame, head);
    }

    /// <summary>
    /// Appends the metadata and the commit of one transaction, all in one segment; returns where they end.
    /// </summary>
    public JournalPosition AppendCommit(
        ulong transaction, IReadOnlyList<KeyValuePair<RecordType, byte[]>> records, uint objectCount, ulong durableSequence)
    {
        using CommitChain chain = new(Link, Sequence + 1);
        lock (_gate)
        {
            RotateWhenFull();
            foreach (var (type, payload) in records)
            {
                chain.Add(type, payload);
                Append(new RecordFrame(type, payload.Length, Crc32C.Of(payload), transaction), payload, []);
            }

            CommitRecord commit = new(Sequence + 1, durableSequence, objectCount, (uint)records.Count, chain.Link());
            var encoded = commit.Encode();
            Append(new RecordFrame(RecordType.Commit, encoded.Length, Crc32C.Of(encoded), transaction), encoded, []);
            (Sequence, Link) = (commit.Sequence, commit.Link);
            return new JournalPosition(_active.Number, _written + _buffered);
        }
    }

    /// <summary>Notes that commits up to a number were acknowledged. Not synced: it only helps to judge damage later.</summary>
    public void AppendDurable(ulong sequence)
    {
        var payload = JournalRecords.EncodeDurable(sequence);
        lock (_gate)
        {
            Append(new RecordFrame(RecordType.Durable, payload.Length, Crc32C.Of(payload), 0), payload, []);
            Flush();
        }
    }

    /// <summary>Makes everything that was appended so far durable, oldest segment first.</summary>
    public void Sync()
    {
        SegmentFile[] dirty;
        lock (_gate)
        {
            Flush();
            dirty = [.. _segments.Values.Where(s => s.NeedsSync).OrderBy(s => s.Number)];
            foreach (var segment in dirty)
            {
                segment.NeedsSync = false;
            }
        }

        // Outside the lock: other transactions keep streaming objects while the disk works.
        foreach (var segment in dirty)
        {
            segment.File.SyncData();
        }
    }

    /// <summary>Finds a segment; null when it has been packed and removed.</summary>
    public SegmentFile? Segment(uint number) => _segments.GetValueOrDefault(number);

    public byte[]? ReadRecord(SegmentFile segment, long offset, int payloadBytes)
    {
        if (segment.Number == _active.Number)
        {
            lock (_gate)
            {
                if (segment == _active && offset + RecordFrame.SizeBytes + payloadBytes > _written)
                {
                    Flush();
                }
            }
        }

        return segment.ReadRecord(offset, payloadBytes);
    }

    /// <summary>Removes a segment whose objects are in a pack; only the oldest one may go.</summary>
    public void Drop(SegmentFile segment)
    {
        _segments.TryRemove(segment.Number, out _);
        segment.Dispose();
    }

    public void Dispose()
    {
        foreach (var segment in _segments.Values)
        {
            segment.Dispose();
        }
    }

    private ObjectLocation Guarded(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> data, RecordFrame frame, in ObjectHead head)
    {
        lock (_gate)
        {
            _poison.ThrowIfSet();
            try
            {
                RotateWhenFull();
                _openTransactions.TryAdd(frame.Transaction, _active.Number);
                var offset = Append(frame, packed, data);
                return new ObjectLocation(SourceId.Segment(_active.Number), offset, frame.PayloadBytes, head.Kind);
            }
            catch (IOException e)
            {
                // The buffer may be half on disk; which records a later write would complete is not known.
                throw _poison.Set(e);
            }
        }
    }

    private long Append(RecordFrame frame, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        _buffer ??= GC.AllocateUninitializedArray<byte>(BufferBytes);
        if (_buffered + frame.Span > BufferBytes)
        {
            Flush();
        }

        var offset = _written + _buffered;
        if (frame.Span > BufferBytes)
        {
            AppendLarge(frame, offset, first, second);
            return offset;
        }

        var target = _buffer.AsSpan(_buffered, (int)frame.Span);
        frame.Write(target, _active.Salt, offset);
        first.CopyTo(target[RecordFrame.SizeBytes..]);
        second.CopyTo(target[(RecordFrame.SizeBytes + first.Length)..]);
        target[(RecordFrame.SizeBytes + frame.PayloadBytes)..].Clear();
        _buffered += target.Length;
        _active.NeedsSync = true;
        return offset;
    }

    private void AppendLarge(RecordFrame frame, long offset, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> header = stackalloc byte[RecordFrame.SizeBytes];
        frame.Write(header, _active.Salt, offset);
        _active.NeedsSync = true;
        _active.File.Write(header, offset);
        _active.File.Write(first, offset + header.Length);
        _active.File.Write(second, offset + header.Length + first.Length);
        var padding = (int)(frame.Span - RecordFrame.SizeBytes - frame.PayloadBytes);
        header.Clear();
        _active.File.Write(header[..padding], offset + frame.Span - padding);
        _written += frame.Span;
    }

    private void Flush()
    {
        if (_buffered > 0)
        {
            _active.File.Write(_buffer.AsSpan(0, _buffered), _written);
            _written += _buffered;
            _buffered = 0;
        }
    }

    /// <summary>Begins a new segment, so that the one before can be packed; not where nothing is in it.</summary>
    public void CloseActive()
    {
        lock (_gate)
        {
            if (_written + _buffered > SegmentHeader.SizeBytes)
            {
                Rotate();
            }
        }
    }

    private void RotateWhenFull()
    {
        if (_written + _buffered >= _options.SegmentBytes)
        {
            Rotate();
        }
    }

    private void Rotate()
    {
        Flush();
        SegmentHeader header = new(_active.Number + 1, _options.NewSalt(), Sequence, Link);
        var segment = Create(_folder, _options.Files, header);
        _segments[segment.Number] = segment;
        _active = segment;
        _written = SegmentHeader.SizeBytes;
    }

    public static SegmentFile Create(string folder, IStoreFiles files, SegmentHeader header)
    {
        var file = files.Create(Path.Combine(folder, SegmentHeader.FileName(header.Number)));
        file.Write(header.Encode(), 0);

        // Durable before anything is written behind it: a header that cannot be read is then damage, not the end of the journal.
        file.SyncData();
        files.SyncFolder(folder);
        return new SegmentFile(file, header);
    }
}

/// <summary>Where a writer goes on: what recovery found, or the first segment of a new store.</summary>
/// <param name="Segments">All segments, oldest first; the last is the active one.</param>
/// <param name="ActiveLength">Length of the active segment.</param>
/// <param name="Sequence">Number of the last commit.</param>
/// <param name="Link">The chain after it.</param>
/// <param name="NextTransaction">A transaction number above all that occur in the journal.</param>
internal sealed record JournalStart(
    IReadOnlyList<SegmentFile> Segments, long ActiveLength, ulong Sequence, byte[] Link, ulong NextTransaction);
