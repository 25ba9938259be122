using System.Threading.Channels;
using W0rktree.Core.Objects;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage.Journal;

/// <summary>What a transaction hands over to be committed.</summary>
internal sealed record CommitRequest(
    ulong Transaction, IReadOnlyList<ObjectEntry> Objects, IReadOnlyList<uint> Segments, IReadOnlyList<MetaWrite> Writes, IReadOnlyList<ReflogDraft> Reflog)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A row that a transaction writes, or removes where the value is null.</summary>
/// <param name="Key">The row's place.</param>
/// <param name="Value">Its new value.</param>
/// <param name="Check">Whether <paramref name="Expected"/> counts.</param>
/// <param name="Expected">What must stand there; null for nothing.</param>
internal sealed record MetaWrite(MetaKey Key, byte[]? Value, bool Check, byte[]? Expected);

/// <summary>
/// Commits transactions in the order in which they come: checks what they expect, appends them, makes all that have come
/// together durable with one sync, and only then lets anybody see them.
/// </summary>
internal sealed class CommitLoop
{
    private readonly JournalWriter _journal;
    private readonly ObjectIndex _index;
    private readonly ReflogView _reflog;
    private readonly StoreOptions _options;
    private readonly Poison _poison;
    private readonly CheckpointWriter _checkpoints;

    // Waiting transactions hold only metadata in memory; their objects are in the journal. Full: the next one waits.
    private readonly Channel<CommitRequest> _requests = Channel.CreateBounded<CommitRequest>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly Task _loop;
    private MetaTables _tables;
    private ulong _durable;

    public CommitLoop(JournalWriter journal, ObjectIndex index, MetaTables tables, ReflogView reflog, StoreOptions options, Poison poison, CheckpointWriter checkpoints)
    {
        (_journal, _index, _tables, _reflog, _options, _poison, _checkpoints) = (journal, index, tables, reflog, options, poison, checkpoints);
        _durable = journal.Sequence;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The metadata of the last durable commit.</summary>
    public MetaTables Tables => Volatile.Read(ref _tables);

    public async Task CommitAsync(CommitRequest request, CancellationToken cancellationToken)
    {
        _poison.ThrowIfSet();
        await _requests.Writer.WriteAsync(request, cancellationToken);

        // From here on the outcome is the journal's; a caller that gives up would not know it.
        await request.Done.Task;
    }

    /// <summary>Ends the loop after everything that was handed over.</summary>
    public async Task CloseAsync()
    {
        _requests.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (await _requests.Reader.WaitToReadAsync())
        {
            List<CommitRequest> batch = [];
            while (batch.Count < 256 && _requests.Reader.TryRead(out var request))
            {
                batch.Add(request);
            }

            Commit(batch);
        }
    }

    private void Commit(List<CommitRequest> batch)
    {
        var tables = _tables;
        var head = _reflog.Head;
        List<Applied> applied = [];
        try
        {
            _poison.ThrowIfSet();
            foreach (var request in batch)
            {
                if (Refuse(request, tables))
                {
                    continue;
                }

                var records = Records(request, ref head);
                _journal.AppendCommit(request.Transaction, records, (uint)request.Objects.Count, _durable);
                _journal.EndTransaction(request.Transaction);
                foreach (var write in request.Writes)
                {
                    tables = write.Value is { } value ? tables.With(write.Key, value) : tables.Without(write.Key);
                }

                applied.Add(new Applied(request, records, tables));
            }

            if (applied.Count > 0)
            {
                _journal.Sync();
                _durable = _journal.Sequence;
                _journal.AppendDurable(_durable);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            var poisoned = _poison.Set(e);
            foreach (var request in batch)
            {
                request.Done.TrySetException(poisoned);
            }

            return;
        }

        Publish(applied);
        AfterPublish();
    }

    private void Publish(List<Applied> applied)
    {
        foreach (var (request, records, tables) in applied)
        {
            for (var i = 0; i < request.Objects.Count; i++)
            {
                var entry = request.Objects[i];
                _index.Add(entry.Id, new ObjectLocation(SourceId.Segment(request.Segments[i]), entry.Offset, entry.PayloadBytes, entry.Kind));
                _journal.Segment(request.Segments[i])?.Committed.Add(entry);
            }

            foreach (var (type, payload) in records)
            {
                if (type == RecordType.Reflog)
                {
                    _reflog.Add(ReflogCodec.TryDecode(payload)!, payload);
                }
            }

            Volatile.Write(ref _tables, tables);
            request.Done.TrySetResult();
        }
    }

    private void AfterPublish()
    {
        try
        {
            _checkpoints.WriteIfDue(_journal, _tables, _reflog);
        }
        catch (IOException e)
        {
            // The commits stand; but a store that can no longer write must say so at the next one.
            _poison.Set(e);
        }
    }

    private bool Refuse(CommitRequest request, MetaTables tables)
    {
        foreach (var write in request.Writes.Where(write => write.Check))
        {
            var found = tables.Get(write.Key);
            var same = found is { } value ? write.Expected is { } expected && value.Span.SequenceEqual(expected) : write.Expected is null;
            if (!same)
            {
                _journal.EndTransaction(request.Transaction);
                request.Done.TrySetException(new MetaConflictException(write.Key.Table, write.Key.Text));
                return true;
            }
        }

        return false;
    }

    private List<KeyValuePair<RecordType, byte[]>> Records(CommitRequest request, ref ReflogHead head)
    {
        List<KeyValuePair<RecordType, byte[]>> records = [];
        foreach (var write in request.Writes)
        {
            records.Add(write.Value is { } value
                ? new(RecordType.Put, JournalRecords.EncodePut(write.Key, value))
                : new(RecordType.Delete, JournalRecords.EncodeDelete(write.Key)));
        }

        var now = TimeZoneInfo.ConvertTime(_options.Clock.GetUtcNow(), _options.Clock.LocalTimeZone);
        foreach (var draft in request.Reflog)
        {
            var bytes = ReflogCodec.Encode(draft, head.Sequence + 1, SnapshotTime.From(now), head.Hash);
            var entry = ReflogCodec.TryDecode(bytes) ?? throw new InvalidOperationException("A reflog entry cannot be read back.");
            head = new ReflogHead(entry.Sequence, entry.Hash);
            records.Add(new(RecordType.Reflog, bytes));
        }

        return records;
    }

    private sealed record Applied(CommitRequest Request, List<KeyValuePair<RecordType, byte[]>> Records, MetaTables Tables);
}
