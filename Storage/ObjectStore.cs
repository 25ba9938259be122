using System.Text;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeMerge;
using W0rktree.Storage.Collection;
using W0rktree.Storage.Content;
using W0rktree.Storage.Files;
using W0rktree.Storage.Meta;
using W0rktree.Storage.Packs;
using W0rktree.Storage.Reflog;
using W0rktree.Storage.Transactions;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage;

/// <summary>
/// Objects, metadata and reflog of one tree, or of one tenant on the server, in one folder that one process has at a time.
/// Thread safe. Readers see what is durable and nothing else.
/// </summary>
public sealed class ObjectStore : IVerifiedObjectReader, IContentSource, IAsyncDisposable
{
    private readonly StoreParts _parts;
    private readonly CommitLoop _loop;
    private readonly StoreLock _lock;
    private readonly SemaphoreSlim _maintaining = new(1, 1);
    private int _disposed;

    internal ObjectStore(StoreParts parts, CommitLoop loop, StoreLock @lock, RecoveryReport recovery)
    {
        (_parts, _loop, _lock, Recovery) = (parts, loop, @lock, recovery);
        Content = new ContentReader(this, id => _parts.Catalog.Garbage.TryPin([id]));
    }

    /// <summary>What opening the store found.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>The log of operations.</summary>
    public ReflogView Reflog => _parts.Reflog;

    /// <summary>Reads content of any size.</summary>
    public ContentReader Content { get; }

    /// <summary>The number of committed objects.</summary>
    public long ObjectCount => _parts.Catalog.Count;

    /// <summary>The number of the last durable commit; it rises with every commit.</summary>
    public ulong Sequence => _loop.Committed.Sequence;

    /// <summary>Whether a failed write stopped the store; every other call then throws <see cref="StorePoisonedException"/>.</summary>
    public bool IsPoisoned => _parts.Poison.IsSet;

    /// <summary>The folder of the store.</summary>
    public string Folder => _parts.Layout.Folder;

    /// <summary>
    /// Opens a store, creating it where there is none, and recovers it. Refuses with <c>store_locked</c>, naming the owner, with
    /// <c>store_damaged</c> when acknowledged metadata is damaged, with <c>store_version</c> when a newer program made it.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static Task<Result<ObjectStore>> OpenAsync(string folder, StoreOptions options, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => StoreOpening.Open(Path.GetFullPath(folder), options), cancellationToken, TaskCreationOptions.DenyChildAttach, options.Scheduler);

    /// <summary>Tells whether an object is committed and not known to be damaged.</summary>
    public bool Contains(ContentHash id)
    {
        _parts.Poison.ThrowIfSet();
        return _parts.Catalog.Contains(id);
    }

    /// <summary>Tells whether an object is stored, without relying on it: it may be garbage that is about to go.</summary>
    public bool Holds(ContentHash id) => _parts.Catalog.Holds(id);

    /// <summary>Tells whether an object, or a chunk of it, is not stored or had no good copy when it was last read.</summary>
    public bool IsLost(ContentHash id) => _parts.Objects.IsLost(id);

    /// <summary>Lists the objects of a kind that are stored, without relying on them; one that stands in two places comes twice.</summary>
    public IEnumerable<ContentHash> IdsOf(ObjectKind kind) => _parts.Catalog.Journal.Snapshot().Where(entry => entry.Value.Kind == kind).Select(entry => entry.Key)
        .Concat(_parts.Packs.All.SelectMany(pack => pack.Index.All()).Where(entry => entry.Place.Kind == kind).Select(entry => entry.Id));

    /// <summary>Tells the kind of a committed object; null when there is none.</summary>
    public ObjectKind? KindOf(ContentHash id)
    {
        _parts.Poison.ThrowIfSet();
        return _parts.Catalog.KindOf(id);
    }

    /// <inheritdoc/>
    public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _parts.Poison.ThrowIfSet();
        return ValueTask.FromResult(_parts.Objects.TryRead(id));
    }

    /// <summary>Opens content of any size as a stream; null when it is not there.</summary>
    public ValueTask<Stream?> OpenContentAsync(ContentHash id, CancellationToken cancellationToken) => Content.OpenAsync(id, cancellationToken);

    /// <summary>Gives the length of content without reading all of it, or null where it is not here.</summary>
    public ValueTask<long?> ContentLengthAsync(ContentHash id, CancellationToken cancellationToken) => Content.SizeAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken)
    {
        if (await TryReadAsync(id, cancellationToken) is { Kind: ObjectKind.Content } whole)
        {
            return whole.Bytes.Length <= limitBytes ? whole.Bytes : null;
        }

        await using var content = await OpenContentAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a merge");
        if (content.Length > limitBytes)
        {
            return null;
        }

        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Begins a transaction. Several may be open at once.</summary>
    public StoreTransaction Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _parts.Poison.ThrowIfSet();
        return new StoreTransaction(_parts, _loop);
    }

    /// <summary>Says that a great part of the history is about to be read; more memory helps with that until the answer is disposed.</summary>
    public IDisposable ReadMuch() => _parts.Packs.Enlarge();

    /// <summary>Begins to take over a long history. One at a time.</summary>
    public HistoryPack BeginHistory()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _parts.Poison.ThrowIfSet();
        return new HistoryPack(_parts, _loop);
    }

    /// <summary>Reads a row of metadata; null when it is absent.</summary>
    public ReadOnlyMemory<byte>? Get(string table, string key)
    {
        _parts.Poison.ThrowIfSet();
        return _loop.Committed.Tables.Get(MetaKey.Of(table, key));
    }

    /// <summary>Reads a row of metadata as text; null when it is absent.</summary>
    public string? GetText(string table, string key) => Get(table, key) is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>Gives the rows whose keys begin with a prefix, in the order of their bytes, all as of one commit.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Scan(string table, string keyPrefix)
    {
        _parts.Poison.ThrowIfSet();
        MetaKey.CheckTable(table);
        return _loop.Committed.Tables.Scan(table, keyPrefix);
    }

    /// <summary>The names of the tables that have rows.</summary>
    public IReadOnlyList<string> TableNames => [.. _loop.Committed.Tables.Tables.Select(table => table.Key)];

    /// <summary>Reads every object, the packs, the checkpoints and the reflog, and reports each damage.</summary>
    /// <param name="progress">Receives the number of objects that were read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<VerifyReport> VerifyAsync(IProgress<long>? progress, CancellationToken cancellationToken) =>
        VerifyAsync(progress, closure: null, cancellationToken);

    /// <summary>Verifies, and adds what only a caller who knows the references can check, such as that everything they reach is there.</summary>
    public Task<VerifyReport> VerifyAsync(
        IProgress<long>? progress, Func<IObjectReader, CancellationToken, IAsyncEnumerable<StoreDamage>>? closure, CancellationToken cancellationToken)
    {
        _parts.Poison.ThrowIfSet();
        return Task.Run(() => new StoreVerifier(_parts, this, progress, Recovery).RunAsync(closure, cancellationToken), cancellationToken);
    }

    /// <summary>Sums up the sizes of the store's files in bytes.</summary>
    public long DiskBytes() => new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>The number of committed objects that stand in the journal and are not packed.</summary>
    public long UnpackedObjects => _parts.Catalog.Journal.Count;

    /// <summary>The number of packs.</summary>
    public int PackCount => _parts.Packs.All.Count;

    /// <summary>The bytes of packs that are as small as can be.</summary>
    public long CompactedBytes => _parts.Packs.All.Where(pack => pack.Header.Effort == PackEffort.Thorough).Sum(pack => pack.Length);

    /// <summary>The bytes of journal and packs that compacting would make smaller; 0 where one compacted pack has all.</summary>
    public long LooseBytes => _parts.Journal.Bytes
        + _parts.Packs.All.Where(pack => pack.Header.Effort != PackEffort.Thorough).Sum(pack => pack.Length);

    /// <summary>Turns the closed journal segments into one pack. Other work goes on meanwhile.</summary>
    public Task<PackReport> PackAsync(CancellationToken cancellationToken) => PackAsync(closeActive: false, cancellationToken);

    /// <summary>Turns the closed journal segments, and if wanted the one that is written to, into one pack.</summary>
    public Task<PackReport> PackAsync(bool closeActive, CancellationToken cancellationToken) =>
        MaintainAsync(() => new Packing(_parts, _loop).RunAsync(closeActive, cancellationToken), cancellationToken);

    /// <summary>Merges small packs, so that their number stays below the logarithm of the store's size.</summary>
    public Task<MergeReport> MergePacksAsync(CancellationToken cancellationToken) =>
        MaintainAsync(() => new PackMerge(_parts, _loop).RunAsync(cancellationToken), cancellationToken);

    /// <summary>Merges all packs into one that is as small as can be; slow.</summary>
    public Task<MergeReport> CompactAsync(CancellationToken cancellationToken) =>
        MaintainAsync(() => new PackMerge(_parts, _loop).RunThoroughAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Writes anew whatever has damaged copies of objects of which a good copy is there. Packs that cannot be read at all are set
    /// aside, which only somebody may ask for who knows that everything needed is there without them.
    /// </summary>
    public Task<ScrubReport> ScrubAsync(bool setUnreadableAside, CancellationToken cancellationToken) =>
        MaintainAsync(() => new StoreScrub(_parts, _loop).RunAsync(setUnreadableAside, cancellationToken), cancellationToken);

    /// <summary>Finds what nothing refers to and removes what has been so for longer than the grace period.</summary>
    public Task<Result<CollectionReport>> CollectAsync(CollectionRequest request, CancellationToken cancellationToken) =>
        MaintainAsync(() => new Collector(_parts, _loop, this).RunAsync(request, cancellationToken), cancellationToken);

    /// <summary>
    /// Cuts off the beginning of the reflog up to an entry, and keeps how many went and the hash of the last. The newest entry
    /// stays. What the entries alone kept is garbage from then on.
    /// </summary>
    public Task<ReflogPruning> PruneReflogAsync(ulong upTo, CancellationToken cancellationToken) =>
        Reflog.Head.Sequence == 0
            ? Task.FromResult<ReflogPruning>(default)
            : MaintainAsync(() => new ReflogPrune(_parts, _loop).RunAsync(upTo, cancellationToken), cancellationToken);

    /// <summary>
    /// Keeps objects, and all that they reach, from being collected until the answer is disposed; null where one of them is
    /// about to go. For work that holds on to something that no reference names.
    /// </summary>
    public IDisposable? TryPin(params ReadOnlySpan<ContentHash> ids) => _parts.Catalog.Garbage.TryPin(ids);

    // One at a time: each of them exchanges files that the others read.
    private async Task<T> MaintainAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _parts.Poison.ThrowIfSet();
        await _maintaining.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _maintaining.Release();
        }
    }

    /// <summary>Finishes the commits that wait and releases the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _loop.StopAsync();
        _parts.Journal.Dispose();
        _parts.Packs.Dispose();
        _parts.Reflog.Close();
        _lock.Dispose();
        _maintaining.Dispose();
    }
}
