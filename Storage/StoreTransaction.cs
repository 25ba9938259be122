using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Content;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Reflog;

namespace W0rktree.Storage;

/// <summary>
/// Objects, metadata and reflog entries that become durable and visible together, or not at all. Objects go to the journal as
/// they come, so that a transaction may be larger than memory. Objects may be written from several threads; metadata from one.
/// </summary>
public sealed class StoreTransaction : IObjectWriter, IDisposable, IAsyncDisposable
{
    private readonly ObjectStore _store;
    private readonly ulong _id;
    private readonly ConcurrentDictionary<ContentHash, byte> _written = new();
    private readonly ConcurrentQueue<(ObjectEntry Entry, uint Segment)> _objects = new();
    private readonly Dictionary<string, MetaWrite> _writes = new(StringComparer.Ordinal);
    private readonly List<ReflogDraft> _reflog = [];
    private bool _ended;

    internal StoreTransaction(ObjectStore store, ulong id) => (_store, _id) = (store, id);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ObjectKind kind, ContentHash id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Has(id))
        {
            ObjectCheck.Require(kind, id, bytes.Span);
            Append(kind, id, bytes.Span);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Stores content, whole or in chunks by its size, in constant memory, and gives its identity.</summary>
    public ValueTask<WrittenContent> WriteContentAsync(Stream content, CancellationToken cancellationToken) =>
        new ContentWriter(this).WriteAsync(content, cancellationToken);

    /// <summary>Sets a row, whatever stands there.</summary>
    public void Put(string table, string key, ReadOnlyMemory<byte> value) => Set(table, key, value.ToArray(), check: false, null);

    /// <summary>Sets a row if it is as expected at the commit; null expects that there is none.</summary>
    public void Put(string table, string key, ReadOnlyMemory<byte> value, byte[]? expected) => Set(table, key, value.ToArray(), check: true, expected);

    /// <summary>Removes a row, whatever stands there.</summary>
    public void Delete(string table, string key) => Set(table, key, null, check: false, null);

    /// <summary>Removes a row if it is as expected at the commit.</summary>
    public void Delete(string table, string key, byte[]? expected) => Set(table, key, null, check: true, expected);

    /// <summary>Adds an entry to the reflog. <paramref name="details"/> is a JSON value.</summary>
    public void AppendReflog(string operation, string details, ImmutableArray<RefChange> changes)
    {
        if (operation.Length is 0 or > ReflogCodec.MaxOperationBytes || details.Length > ReflogCodec.MaxDetailBytes || changes.Length > ReflogCodec.MaxChanges)
        {
            throw new ArgumentException("A reflog entry has an operation of 1 to 64 characters, at most 1 MiB of details and 10,000 changes.", nameof(operation));
        }

        _reflog.Add(new ReflogDraft(operation, details, changes));
    }

    /// <summary>Makes everything durable, together with whatever else is committing at the moment, by one sync.</summary>
    /// <exception cref="MetaConflictException">A row was not as expected; nothing was applied.</exception>
    /// <exception cref="StorePoisonedException">The disk failed; open the store again.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        cancellationToken.ThrowIfCancellationRequested();
        _ended = true;
        var objects = _objects.ToArray();
        if (objects.Length == 0 && _writes.Count == 0 && _reflog.Count == 0)
        {
            return;
        }

        await _store.Commits.CommitAsync(
            new CommitRequest(_id, [.. objects.Select(o => o.Entry)], [.. objects.Select(o => o.Segment)], [.. _writes.Values], _reflog), cancellationToken);
    }

    /// <summary>Gives the transaction up unless it was committed; its objects are garbage then.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _store.Journal.EndTransaction(_id);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells whether an object is in the store or in this transaction.</summary>
    internal bool Has(ContentHash id) => _written.ContainsKey(id) || _store.Contains(id);

    /// <summary>Appends an object whose hash the caller computed.</summary>
    internal void Append(ObjectKind kind, ContentHash id, ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (bytes.Length > ObjectHead.MaxRawBytes)
        {
            throw new ArgumentException($"An object has at most {ObjectHead.MaxRawBytes:N0} bytes; larger content is stored in chunks.", nameof(bytes));
        }

        if (!_written.TryAdd(id, 0))
        {
            return;
        }

        var packed = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, 1));
        try
        {
            var count = Zstd.TryCompress(bytes, packed, Zstd.JournalLevel);
            ObjectHead head = new(id, kind, count > 0 ? ObjectCodec.Zstd : ObjectCodec.Raw, 0, bytes.Length);
            var place = _store.Journal.AppendObject(_id, head, count > 0 ? packed.AsSpan(0, count) : bytes);
            _objects.Enqueue((new ObjectEntry(id, place.Offset, place.PayloadBytes, kind), place.Source.Value));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    private void Set(string table, string key, byte[]? value, bool check, byte[]? expected)
    {
        if (value?.Length > MetaKey.MaxValueBytes)
        {
            throw new ArgumentException($"A value has at most {MetaKey.MaxValueBytes:N0} bytes.", nameof(value));
        }

        // Rows are one by key: the last value counts, and the first expectation.
        var name = $"{table}\0{key}";
        var first = _writes.GetValueOrDefault(name);
        _writes[name] = new MetaWrite(MetaKey.Of(table, key), value, first?.Check ?? check, first is { Check: true } ? first.Expected : expected);
    }
}

/// <summary>Content that was written: its identity and length.</summary>
public readonly record struct WrittenContent(ContentHash Id, long SizeBytes);
