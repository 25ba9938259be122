using W0rktree.Core;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeMerge;
using W0rktree.Storage.Compression;
using W0rktree.Storage.Content;
using W0rktree.Storage.Files;
using W0rktree.Storage.Journal;
using W0rktree.Storage.Objects;
using W0rktree.Storage.Reflog;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage;

/// <summary>
/// Objects, small metadata and the reflog of one tree (or, on a server, one tenant) in one folder. One process at a time holds
/// it. Reads see only what is durable, and every object is checked against its id. Thread-safe.
/// </summary>
public sealed class ObjectStore : IObjectReader, IContentSource, IAsyncDisposable
{
    private readonly StoreLock _lock;
    private readonly Poison _poison;
    private readonly ObjectIndex _index;

    private ObjectStore(string folder, StoreLock taken, StoreOptions options, RecoveredStore recovered, ObjectIndex index)
    {
        Folder = folder;
        _lock = taken;
        _index = index;
        _poison = new Poison(folder);
        Recovery = recovered.Report;
        Reflog = recovered.Reflog;
        Journal = new JournalWriter(JournalFolder(folder), options, _poison, recovered.Start);
        CheckpointWriter checkpoints = new(JournalFolder(folder), StateFolder(folder), options, recovered.Generation, Journal.ActiveSegment);
        Commits = new CommitLoop(Journal, index, recovered.Tables, recovered.Reflog, options, _poison, checkpoints);
    }

    /// <summary>Gets the store's folder.</summary>
    public string Folder { get; }

    /// <summary>Gets what opening found.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>Gets the log of operations.</summary>
    public ReflogView Reflog { get; }

    /// <summary>Gets how many objects there are.</summary>
    public long ObjectCount => _index.Count;

    internal JournalWriter Journal { get; }

    internal CommitLoop Commits { get; }

    /// <summary>Opens a store, or begins one where the folder is absent or empty.</summary>
    /// <returns>The store, or <c>store_locked</c> naming who has it, or <c>store_damaged</c>.</returns>
    public static async Task<Result<ObjectStore>> OpenAsync(string folder, StoreOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var part in new[] { folder, JournalFolder(folder), StateFolder(folder) })
        {
            options.Files.CreateFolder(part);
        }

        var taken = StoreLock.TryTake(Path.Combine(folder, "lock"), options.Program);
        if (!taken.IsOk)
        {
            return taken.Error;
        }

        try
        {
            ObjectIndex index = new();
            var recovered = await Task.Run(() => new JournalRecovery(JournalFolder(folder), StateFolder(folder), options, index).Run(), cancellationToken);
            options.Files.SyncFolder(JournalFolder(folder));
            options.Files.SyncFolder(folder);
            return new ObjectStore(folder, taken.Value, options, recovered, index);
        }
        catch (InvalidDataException e)
        {
            taken.Value.Dispose();
            return new Error("store_damaged", e.Message, "Nothing was changed. 'wt doctor' names what is damaged.");
        }
        catch
        {
            taken.Value.Dispose();
            throw;
        }
    }

    /// <summary>Tells whether an object is here. Costs no disk access.</summary>
    public bool Contains(ContentHash id) => _index.Contains(id);

    /// <inheritdoc/>
    public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _poison.ThrowIfSet();
        return _index.TryGet(id, out var place) ? ValueTask.FromResult<StoredObject?>(Read(id, place)) : ValueTask.FromResult<StoredObject?>(null);
    }

    /// <summary>Opens content for reading from front to back, or gives null where it is not here. Its length is known.</summary>
    public async ValueTask<Stream?> OpenContentAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var stored = await TryReadAsync(id, cancellationToken);
        return stored switch
        {
            null => null,
            { Kind: ObjectKind.Content } => new MemoryStream(stored.Bytes.ToArray(), writable: false),
            { Kind: ObjectKind.ChunkList } => new ChunkStream(this, id, ChunkList.Decode(id, stored.Bytes.Span)),
            _ => throw new CorruptObjectException(id, $"it is stored as {stored.Kind}, not as content"),
        };
    }

    /// <summary>Gives the length of content without reading all of it, or null where it is not here.</summary>
    public async ValueTask<long?> ContentLengthAsync(ContentHash id, CancellationToken cancellationToken)
    {
        var stored = await TryReadAsync(id, cancellationToken);
        return stored switch
        {
            null => null,
            { Kind: ObjectKind.ChunkList } => ChunkList.Decode(id, stored.Bytes.Span).SizeBytes,
            _ => stored.Bytes.Length,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken)
    {
        await using var content = await OpenContentAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a merge");
        if (content.Length > limitBytes)
        {
            return null;
        }

        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Begins a transaction.</summary>
    public StoreTransaction Begin()
    {
        _poison.ThrowIfSet();
        return new StoreTransaction(this, Journal.BeginTransaction());
    }

    /// <summary>Reads a row of metadata, or gives null.</summary>
    public ReadOnlyMemory<byte>? Get(string table, string key) => Commits.Tables.Get(Meta.MetaKey.Of(table, key));

    /// <summary>Lists the rows of a table whose keys start with a prefix, in the order of their keys' bytes, as of one commit.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Scan(string table, string keyPrefix) => Commits.Tables.Scan(table, keyPrefix);

    /// <summary>Reads every object and the reflog, and reports each damage.</summary>
    public Task<VerifyReport> VerifyAsync(IProgress<long>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => new StoreVerifier(this).RunAsync(progress, cancellationToken), cancellationToken);

    /// <summary>Sums up the sizes of the store's files in bytes.</summary>
    public long DiskBytes() => new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>Commits what was handed over, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await Commits.CloseAsync();
        Journal.Dispose();
        Reflog.Close();
        _lock.Dispose();
    }

    internal IEnumerable<KeyValuePair<ContentHash, ObjectLocation>> Places() => _index.Snapshot();

    internal string FileOf(ObjectLocation place) => Journal.Segment(place.Source.Value)?.Path ?? Folder;

    internal StoredObject Read(ContentHash id, ObjectLocation place)
    {
        var segment = Journal.Segment(place.Source.Value) ?? throw new CorruptObjectException(id, $"journal segment {place.Source.Value} is gone");
        var payload = Journal.ReadPayload(segment, place.Offset, place.PayloadBytes);
        if (!ObjectHead.TryRead(payload, out var head) || head.Id != id)
        {
            throw Damaged(id, place, "another record stands in its place");
        }

        var data = payload.AsMemory(head.DataOffset);
        if (head.Codec == ObjectCodec.Zstd)
        {
            var raw = new byte[head.RawBytes];
            data = Zstd.TryExpand(data.Span, raw) ? raw : throw Damaged(id, place, "its compressed bytes cannot be expanded");
        }

        if (data.Length != head.RawBytes)
        {
            throw Damaged(id, place, "it has another length than its head says");
        }

        try
        {
            ObjectCheck.Require(head.Kind, id, data.Span);
        }
        catch (CorruptObjectException e)
        {
            throw Damaged(id, place, e.Reason);
        }

        return new StoredObject(head.Kind, data);
    }

    private CorruptObjectException Damaged(ContentHash id, ObjectLocation place, string reason)
    {
        _index.MarkDamaged(id, place);
        return new CorruptObjectException(id, $"{reason} ({FileOf(place)} at offset {place.Offset})");
    }

    private static string JournalFolder(string folder) => Path.Combine(folder, "journal");

    private static string StateFolder(string folder) => Path.Combine(folder, "state");
}
