using W0rktree.Core;
using W0rktree.Storage;

namespace W0rktree.Silo.Vault;

/// <summary>Shares open stores among those who use them at the same time, and keeps the ones used last open. Thread-safe.</summary>
internal sealed class OpenStores(int maxIdle) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Opens a store or joins those who have it open; dispose the lease after use.</summary>
    public async Task<StoreLease> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_entries.TryGetValue(folder, out var entry))
            {
                var opened = await ObjectStore.OpenAsync(folder, new StoreOptions { Program = "worktree-server" }, cancellationToken);
                entry = new Entry(opened.TryGet(out var store, out var error) ? store : throw new IOException(error.ToString()));
                _entries[folder] = entry;
                await TrimAsync();
            }

            entry.Users++;
            return new StoreLease(entry.Store, () => ReleaseAsync(entry));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes all stores; the server has stopped taking calls.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        foreach (var entry in _entries.Values)
        {
            await entry.Store.DisposeAsync();
        }

        _entries.Clear();
        _gate.Release();
    }

    private async ValueTask ReleaseAsync(Entry entry)
    {
        await _gate.WaitAsync();
        entry.Users--;
        entry.LastUsed = ++_clock;
        _gate.Release();
    }

    private async Task TrimAsync()
    {
        foreach (var (folder, idle) in _entries.Where(e => e.Value is { Users: 0, LastUsed: > 0 }).OrderByDescending(e => e.Value.LastUsed).Skip(maxIdle).ToArray())
        {
            _ = _entries.Remove(folder);
            await idle.Store.DisposeAsync();
        }
    }

    private sealed class Entry(ObjectStore store)
    {
        public ObjectStore Store => store;

        public int Users { get; set; }

        public long LastUsed { get; set; }
    }
}

/// <summary>Holds a store open until it is disposed.</summary>
internal sealed class StoreLease(ObjectStore store, Func<ValueTask> release) : IAsyncDisposable
{
    private int _released;

    /// <summary>Gets the store.</summary>
    public ObjectStore Store => store;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _released, 1) == 0 ? release() : ValueTask.CompletedTask;
}
