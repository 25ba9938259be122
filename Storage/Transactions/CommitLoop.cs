using System.Threading.Channels;
using W0rktree.Core.Objects;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage.Transactions;

/// <summary>Work for the loop: a transaction to commit, or a step that must not run beside commits.</summary>
internal abstract record LoopWork
{
    private LoopWork()
    {
    }

    public sealed record Commit(StoreTransaction Transaction, TaskCompletionSource<CommitOutcome> Done) : LoopWork;

    public sealed record Step(Action Act, TaskCompletionSource Done) : LoopWork;
}

/// <summary>
/// The only writer of commits. It takes all transactions that wait, appends them, makes them durable with one sync, and only
/// then shows them to readers and answers. It also owns what follows from closed segments: checkpoints and sealing.
/// </summary>
internal sealed class CommitLoop
{
    // Waiting commits; a caller beyond it waits for a place.
    private const int Capacity = 1024;

    // From so many objects on, a second core is worth its call.
    private const int ManyObjects = 8192;

    // One sync serves at most this many, so that the first of a flood is not kept waiting for ever.
    private const int MaxBatch = 256;
    private readonly Channel<LoopWork> _work = Channel.CreateBounded<LoopWork>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly StoreParts _parts;
    private readonly List<LoopWork.Commit> _batch = [];
    private readonly List<Staged> _staged = [];
    private readonly Task _running;
    private JournalPosition _lastCommit;
    private uint _sealedTo;
    private MetaTables _tables;
    private ReflogHead _reflogHead;
    private CommittedState _committed;

    public CommitLoop(StoreParts parts, RecoveredJournal recovered)
    {
        _parts = parts;
        _tables = recovered.Tables;
        _lastCommit = recovered.LastCommit;
        _reflogHead = parts.Reflog.Head;
        _committed = new CommittedState(_tables, parts.Journal.Sequence);
        _running = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, parts.Options.Scheduler).Unwrap();
    }

    /// <summary>What is durable.</summary>
    public CommittedState Committed => Volatile.Read(ref _committed);

    public async Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        TaskCompletionSource<CommitOutcome> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new LoopWork.Commit(transaction, done), cancellationToken);

        // Once handed over a transaction is committed or not, whatever the caller wants by then.
        return await done.Task;
    }

    /// <summary>Runs a step between two batches.</summary>
    public async Task RunStepAsync(Action act, CancellationToken cancellationToken)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new LoopWork.Step(act, done), cancellationToken);
        await done.Task;
    }

    /// <summary>Takes no more work, finishes what waits, and ends.</summary>
    public async Task StopAsync()
    {
        _work.Writer.TryComplete();
        await _running;
    }

    /// <summary>Writes a checkpoint of what is committed. Only within a step.</summary>
    public void WriteCheckpoint()
    {
        var mark = _parts.Reflog.MoveTailToFile();

        // Where nothing was committed since a segment began, it begins at this very commit, and those before it are not needed.
        var position = _parts.Journal.BeginsAtLastCommit ? new JournalPosition(_parts.Journal.ActiveSegment, SegmentHeader.SizeBytes) : _lastCommit;
        _parts.Checkpoints.Save(new StateCheckpoint(
            0, _parts.Journal.Sequence, _parts.Journal.Link, position, _parts.Journal.NextTransaction, mark, _tables));
    }

    private async ValueTask SendAsync(LoopWork work, CancellationToken cancellationToken)
    {
        _parts.Poison.ThrowIfSet();
        try
        {
            await _work.Writer.WriteAsync(work, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException("The store is closed.", e);
        }
    }

    private async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync())
        {
            LoopWork.Step? step = null;
            while (step is null && _batch.Count < MaxBatch && _work.Reader.TryRead(out var work))
            {
                step = work as LoopWork.Step;
                if (work is LoopWork.Commit commit)
                {
                    _batch.Add(commit);
                }
            }

            RunBatch();
            if (step is not null)
            {
                RunStep(step);
            }
        }
    }

    private void RunBatch()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        try
        {
            _parts.Poison.ThrowIfSet();
            foreach (var commit in _batch)
            {
                Stage(commit);
            }

            if (_parts.Journal.Sequence != _committed.Sequence)
            {
                _parts.Journal.Sync();
                Show();
            }

            Answer();
            CareForClosedSegments();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nothing of this batch was shown; what of it is on disk only a recovery can tell.
            var poisoned = e is StorePoisonedException known ? known : _parts.Poison.Set(e);
            _batch.ForEach(commit => commit.Done.TrySetException(poisoned));
        }
        finally
        {
            _batch.ForEach(commit => _parts.Journal.EndTransaction(commit.Transaction.Id));
            _batch.Clear();
            _staged.Clear();
        }
    }

    private void Stage(LoopWork.Commit commit)
    {
        var transaction = commit.Transaction;
        foreach (var change in transaction.Changes)
        {
            var actual = _tables.Get(change.Key);
            if (!change.IsMet(actual))
            {
                _staged.Add(new Staged(commit, new CommitOutcome.Conflict(change.Key.Table, change.Key.Text, actual), []));
                return;
            }
        }

        List<KeyValuePair<RecordType, byte[]>> records = [];
        foreach (var change in transaction.Changes.Where(change => change.Writes))
        {
            _tables = change.Value is null ? _tables.Without(change.Key) : _tables.With(change.Key, change.Value);
            records.Add(change.Value is null
                ? new(RecordType.Delete, JournalRecords.EncodeDelete(change.Key))
                : new(RecordType.Put, JournalRecords.EncodePut(change.Key, change.Value)));
        }

        List<ReflogBytes> entries = [];
        foreach (var draft in transaction.ReflogDrafts)
        {
            var bytes = ReflogCodec.Encode(draft, _reflogHead.Sequence + 1, SnapshotTime.From(_parts.Options.Clock.GetLocalNow()), _reflogHead.Hash);
            var entry = ReflogCodec.TryDecode(bytes)!;
            _reflogHead = new ReflogHead(entry.Sequence, entry.Hash);
            entries.Add(new ReflogBytes(entry, bytes));
            records.Add(new(RecordType.Reflog, bytes));
        }

        if (records.Count == 0 && transaction.ObjectCount == 0)
        {
            _staged.Add(new Staged(commit, new CommitOutcome.Committed(_parts.Journal.Sequence), []));
            return;
        }

        _lastCommit = _parts.Journal.AppendCommit(transaction.Id, records, transaction.AppendedObjects, _committed.Sequence);
        _staged.Add(new Staged(commit, new CommitOutcome.Committed(_parts.Journal.Sequence), entries));
    }

    private void Show()
    {
        foreach (var staged in _staged)
        {
            if (staged.Outcome is CommitOutcome.Committed)
            {
                Publish(staged.Commit.Transaction);
                staged.Entries.ForEach(entry => _parts.Reflog.Add(entry.Entry, entry.Bytes));
            }
        }

        Volatile.Write(ref _committed, new CommittedState(_tables, _parts.Journal.Sequence));
        _parts.Journal.AppendDurable(_parts.Journal.Sequence);
    }

    private void Publish(StoreTransaction transaction)
    {
        var objects = transaction.TakeObjects();
        if (objects.Count < ManyObjects)
        {
            Index(objects);
            Note(objects);
        }
        else
        {
            // A first snapshot waits for this.
            Parallel.Invoke(() => Index(objects), () => Note(objects));
        }
    }

    private void Index(ObjectTable objects)
    {
        foreach (var (id, location) in objects.All())
        {
            _parts.Catalog.Add(id, location);
        }
    }

    private void Note(ObjectTable objects)
    {
        SegmentFile? segment = null;
        foreach (var (id, location) in objects.All())
        {
            segment = segment?.Number == location.Source.Value ? segment : _parts.Journal.Segment(location.Source.Value)!;
            segment.Committed.Add(new ObjectEntry(id, location.Offset, location.PayloadBytes, location.Kind));
        }
    }

    private void Answer()
    {
        foreach (var staged in _staged)
        {
            _parts.Journal.EndTransaction(staged.Commit.Transaction.Id);
            staged.Commit.Done.TrySetResult(staged.Outcome);
        }
    }

    private void RunStep(LoopWork.Step step)
    {
        try
        {
            _parts.Poison.ThrowIfSet();
            step.Act();
            step.Done.TrySetResult();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            step.Done.TrySetException(e as StorePoisonedException ?? _parts.Poison.Set(e));
        }
    }

    /// <summary>Seals the closed segments whose transactions have all ended. Only within the loop.</summary>
    public void CareForClosedSegments()
    {
        // Almost every commit ends here.
        if (_sealedTo == _parts.Journal.ActiveSegment - 1)
        {
            return;
        }

        var open = _parts.Journal.FirstOpenSegment;
        foreach (var segment in _parts.Journal.ClosedSegments.TakeWhile(segment => segment.Number < open && !segment.NeedsSync))
        {
            if (!segment.IsSealed)
            {
                // A checkpoint first: it also proves that the commits were acknowledged whose objects are then no longer
                // scanned, so that recovery does not take them for incomplete.
                if (_parts.Checkpoints.NewestSequence < _parts.Journal.Sequence)
                {
                    WriteCheckpoint();
                }

                SegmentIndex.Seal(_parts.Options.Files, segment);
                segment.Committed.Clear();
                segment.Committed.TrimExcess();
            }

            _sealedTo = segment.Number;
        }
    }

    private sealed record ReflogBytes(ReflogEntry Entry, byte[] Bytes);

    private sealed record Staged(LoopWork.Commit Commit, CommitOutcome Outcome, List<ReflogBytes> Entries);
}

/// <summary>The metadata that readers see.</summary>
internal sealed record CommittedState(MetaTables Tables, ulong Sequence);
