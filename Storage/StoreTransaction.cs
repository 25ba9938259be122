using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Content;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Reflog;
using W0rktree.Storage.Transactions;

namespace W0rktree.Storage;

/// <summary>
/// A set of objects, metadata changes and reflog entries that count together or not at all. Objects stream into the journal as
/// they are written; nothing is visible to others before the commit, but this transaction reads its own objects.
/// </summary>
/// <remarks>Objects may be written and read from several threads. Metadata calls come from one thread at a time.</remarks>
public sealed class StoreTransaction : IObjectWriter, IObjectReader, IDisposable, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly StoreParts _parts;
    private readonly CommitLoop _loop;
    private readonly List<MetaChange> _changes = [];
    private readonly List<ReflogDraft> _drafts = [];
    private ObjectTable _objects = new();
    private uint _appended;
    private bool _ended;

    internal StoreTransaction(StoreParts parts, CommitLoop loop)
    {
        (_parts, _loop) = (parts, loop);
        Id = parts.Journal.BeginTransaction();
        _parts.Catalog.Garbage.Enter(Id);
    }

    /// <summary>The number of objects that this transaction wrote.</summary>
    public int ObjectCount
    {
        get
        {
            lock (_gate)
            {
                return _objects.Count;
            }
        }
    }

    internal ulong Id { get; }

    /// <summary>The number of object records in the journal: two threads that write the same object at once both append it.</summary>
    internal uint AppendedObjects
    {
        get
        {
            lock (_gate)
            {
                return _appended;
            }
        }
    }

    internal IReadOnlyList<MetaChange> Changes => _changes;

    internal IReadOnlyList<ReflogDraft> ReflogDrafts => _drafts;

    /// <summary>Tells whether an object is committed or was written by this transaction.</summary>
    public bool Contains(ContentHash id)
    {
        lock (_gate)
        {
            if (_objects.TryGet(id, out _))
            {
                return true;
            }
        }

        return _parts.Catalog.Contains(id);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ObjectKind kind, ContentHash id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Contains(id))
        {
            return;
        }

        ObjectCheck.Require(kind, id, bytes.Span);
        if (kind == ObjectKind.ChunkList)
        {
            await ChunkedContent.RequireAsync(this, id, ChunkList.Decode(id, bytes.Span), cancellationToken);
        }

        Append(kind, id, bytes.Span);
    }

    /// <summary>Writes a directory, its pages first. What is encoded here need not be decoded to be checked.</summary>
    public ContentHash WriteDirectory(DirectoryObject directory, CancellationToken cancellationToken)
    {
        if (!Contains(directory.Id))
        {
            var encoding = DirectoryCodec.Encode(directory);
            foreach (var page in encoding.Pages)
            {
                WriteHashed(ObjectKind.Page, page.Id, page.Bytes.Span, cancellationToken);
            }

            WriteHashed(ObjectKind.Directory, encoding.Id, encoding.Bytes.Span, cancellationToken);
        }

        return directory.Id;
    }

    /// <summary>Writes a snapshot.</summary>
    public SnapshotId WriteSnapshot(SnapshotObject snapshot, CancellationToken cancellationToken)
    {
        var id = snapshot.Id;
        WriteHashed(ObjectKind.Snapshot, id.Hash, SnapshotCodec.Encode(snapshot), cancellationToken);
        return id;
    }

    /// <summary>Writes content in one piece, or in chunks when it is above 10 MiB, and returns its id.</summary>
    public async ValueTask<WrittenContent> WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (content.Length > ChunkList.ThresholdBytes)
        {
            return await new ContentWriter(this, CuttingRules.Standard).WriteAsync(content, cancellationToken);
        }

        return new WrittenContent(WriteWholeContent(content.Span, cancellationToken), content.Length);
    }

    /// <summary>Writes content of at most 10 MiB, which is one object, and returns its id.</summary>
    public ContentHash WriteWholeContent(ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ChunkList.ThresholdBytes);
        var id = ContentHash.OfContent(content);
        WriteHashed(ObjectKind.Content, id, content, cancellationToken);
        return id;
    }

    /// <summary>Reads a stream to its end and writes it, in chunks when it is above 10 MiB; memory stays bounded.</summary>
    public ValueTask<WrittenContent> WriteContentAsync(Stream content, CancellationToken cancellationToken) =>
        WriteContentAsync(content, CuttingRules.Standard, cancellationToken);

    /// <summary>Reads a stream to its end and writes it, in chunks as the rules say; memory stays bounded.</summary>
    public ValueTask<WrittenContent> WriteContentAsync(Stream content, CuttingRules rules, CancellationToken cancellationToken) =>
        new ContentWriter(this, rules).WriteAsync(content, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _parts.Poison.ThrowIfSet();
        ObjectLocation location;
        bool isOwn;
        lock (_gate)
        {
            isOwn = _objects.TryGet(id, out location);
        }

        return ValueTask.FromResult(isOwn ? _parts.Objects.TryReadAt(id, location) : _parts.Objects.TryRead(id));
    }

    /// <summary>
    /// Sets a row, whatever stands there. A table's name has 1 to 64 characters a–z, 0–9, '-', '_'; a key 1 to 4,096 bytes, a
    /// value at most 4 MiB. When a transaction changes a row twice, the last value and the first expectation count.
    /// </summary>
    public void Put(string table, string key, ReadOnlyMemory<byte> value) =>
        Change(new MetaChange(MetaKey.Of(table, key), false, null, true, value.ToArray()));

    /// <summary>Sets a row if it is as expected at the commit; null expects that there is none.</summary>
    public void Put(string table, string key, ReadOnlyMemory<byte> value, byte[]? expected) =>
        Change(new MetaChange(MetaKey.Of(table, key), true, expected, true, value.ToArray()));

    /// <summary>Removes a row, whatever stands there.</summary>
    public void Delete(string table, string key) => Change(new MetaChange(MetaKey.Of(table, key), false, null, true, null));

    /// <summary>Removes a row if it is as expected at the commit.</summary>
    public void Delete(string table, string key, byte[]? expected) =>
        Change(new MetaChange(MetaKey.Of(table, key), true, expected, true, null));

    /// <summary>Makes the commit depend on a row without changing it; null expects that there is none.</summary>
    public void Require(string table, string key, byte[]? expected) =>
        Change(new MetaChange(MetaKey.Of(table, key), true, expected, false, null));

    /// <summary>Adds an entry to the reflog, with a JSON value as details; its number and time are those of the commit.</summary>
    public void AppendReflog(string operation, string details, ImmutableArray<RefChange> changes)
    {
        ReflogDraft draft = new(operation, details, changes);
        if (Encoding.UTF8.GetByteCount(operation) is 0 or > ReflogCodec.MaxOperationBytes
            || Encoding.UTF8.GetByteCount(details) > ReflogCodec.MaxDetailBytes || draft.Changes.Length > ReflogCodec.MaxChanges
            || draft.Changes.Any(change => Encoding.UTF8.GetByteCount(change.Name) is 0 or > ReflogCodec.MaxNameBytes))
        {
            throw new ArgumentException("The reflog entry is over a limit of the format.", nameof(operation));
        }

        ThrowIfEnded();
        _drafts.Add(draft);
    }

    /// <summary>Makes everything durable and visible, together with whatever else is committing at the moment, by one sync.</summary>
    /// <exception cref="MetaConflictException">A row was not as expected; nothing was applied.</exception>
    /// <exception cref="StorePoisonedException">The disk failed; whether the commit counts is known after the store is opened again.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (await TryCommitAsync(cancellationToken) is CommitOutcome.Conflict conflict)
        {
            throw new MetaConflictException(conflict.Table, conflict.Key);
        }
    }

    /// <summary>
    /// Makes everything durable and visible at once, or answers with the row that was not as expected. The transaction has ended
    /// either way. Cancelling counts only until the commit is under way.
    /// </summary>
    /// <exception cref="StorePoisonedException">The disk failed; whether the commit counts is known after the store is opened again.</exception>
    public async Task<CommitOutcome> TryCommitAsync(CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        cancellationToken.ThrowIfCancellationRequested();
        _ended = true;
        try
        {
            return await _loop.CommitAsync(this, cancellationToken);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Abandons the transaction unless it was committed; its objects become garbage of the journal.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            End();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    // For callers within Storage that computed the id from these very bytes.
    internal void WriteHashed(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Contains(id))
        {
            Append(kind, id, bytes);
        }
    }

    internal ObjectTable TakeObjects()
    {
        lock (_gate)
        {
            var objects = _objects;
            _objects = new ObjectTable();
            return objects;
        }
    }

    private void End()
    {
        _parts.Journal.EndTransaction(Id);
        _parts.Catalog.Garbage.Leave(Id);
    }

    private void Append(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> bytes)
    {
        ThrowIfEnded();
        _parts.Poison.ThrowIfSet();
        if (bytes.Length > ObjectHead.MaxRawBytes)
        {
            throw new ArgumentException($"An object has at most {ObjectHead.MaxRawBytes} bytes; larger content goes through WriteContentAsync.", nameof(bytes));
        }

        var location = bytes.Length < Zstd.JournalMinimumBytes ? AppendRaw(kind, id, bytes) : AppendPacked(kind, id, bytes);
        lock (_gate)
        {
            _objects.Add(id, location);
            _appended++;
        }
    }

    private ObjectLocation AppendRaw(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> bytes) =>
        _parts.Journal.AppendObject(Id, new ObjectHead(id, kind, ObjectCodec.Raw, 0, bytes.Length), bytes);

    private ObjectLocation AppendPacked(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            var packed = Zstd.TryCompress(bytes, buffer, Zstd.JournalLevel);
            return packed == 0 ? AppendRaw(kind, id, bytes)
                : _parts.Journal.AppendObject(Id, new ObjectHead(id, kind, ObjectCodec.Zstd, 0, bytes.Length), buffer.AsSpan(0, packed));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Change(MetaChange change)
    {
        ThrowIfEnded();
        if (change.Value?.Length > MetaKey.MaxValueBytes)
        {
            throw new ArgumentException($"A value has at most {MetaKey.MaxValueBytes:N0} bytes.", nameof(change));
        }

        var index = _changes.FindIndex(known => known.Key.Table == change.Key.Table && known.Key.Key.AsSpan().SequenceEqual(change.Key.Key));
        if (index < 0)
        {
            _changes.Add(change);
            return;
        }

        var first = _changes[index];
        var (checks, expected) = first.Checks ? (true, first.Expected) : (change.Checks && !first.Writes, change.Expected);
        _changes[index] = change.Writes ? change with { Checks = checks, Expected = expected } : first with { Checks = checks, Expected = expected };
    }

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new ObjectDisposedException(nameof(StoreTransaction), "The transaction has ended.");
        }
    }
}
