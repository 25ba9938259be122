using System.Collections.Concurrent;
using W0rktree.Core;
using W0rktree.LocalAgent.Branches;
using W0rktree.LocalAgent.Configuration;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Watching;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.LocalAgent.WorkingCopy.Native;
using W0rktree.Protocol.Ipc;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Holds the working copies that the agent has open, and the stores that they share. Thread-safe.</summary>
internal sealed class CopyBook(AgentParts parts, RootList roots, PreviousRun previous) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly SemaphoreSlim _openingStore = new(1, 1);
    private readonly ConcurrentDictionary<string, AgentPipeline> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectStore> _stores = new(StringComparer.Ordinal);

    /// <summary>Gets the open copies.</summary>
    public IEnumerable<AgentPipeline> Open => _open.Values;

    /// <summary>Gets the open stores.</summary>
    public IReadOnlyCollection<ObjectStore> Stores => [.. _open.Values.Select(pipeline => pipeline.Copy.Store).Distinct()];

    /// <summary>Finds the working copy around a directory and opens it where it is not open yet.</summary>
    public async ValueTask<Result<AgentPipeline>> FindAsync(string? directory, CancellationToken cancellationToken)
    {
        var root = directory is null ? null : WorktreeRoot.Find(directory);
        if (root is null)
        {
            return new Error(ErrorCodes.NotAWorktree, $"'{directory ?? "?"}' is not inside a worktree.", "'wt init' puts a directory under version control.");
        }

        // Whose it is can change while it is open; a repository given to another user is that user's from then on.
        if (WorktreeRoot.ForeignOwner(root) is { } foreign)
        {
            return foreign;
        }

        return _open.TryGetValue(root, out var open) && IsUsable(open) ? open : await OpenAsync(root, cancellationToken);
    }

    /// <summary>Opens the copy at a root: from then on it is watched, and is opened again at the next start.</summary>
    public async Task<Result<AgentPipeline>> OpenAsync(string root, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_open.TryGetValue(root, out var open))
            {
                if (IsUsable(open))
                {
                    return open;
                }

                _open.TryRemove(root, out _);
                await open.DisposeAsync();
            }

            return await OpenNewAsync(root, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Closes the copy at a root; it is not opened again at the next start.</summary>
    public async Task CloseAsync(string root, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            await roots.RemoveAsync(root, cancellationToken);
            if (_open.TryRemove(root, out var open))
            {
                await open.DisposeAsync();
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Closes the copies whose directory was deleted: each holds one of the few watchers that a user may have.</summary>
    public async Task CloseDeletedAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            await DropDeletedAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Opens a store, or gives the one that is open.</summary>
    public async Task<Result<ObjectStore>> StoreAsync(string relative, CancellationToken cancellationToken)
    {
        await _openingStore.WaitAsync(cancellationToken);
        try
        {
            if (_stores.TryGetValue(relative, out var store))
            {
                return store;
            }

            var opened = await ObjectStore.OpenAsync(parts.Paths.Store(relative), new StoreOptions { Program = "worktree-worker", Clock = parts.Time }, cancellationToken);
            if (opened.IsOk)
            {
                _stores[relative] = opened.Value;
            }

            return opened;
        }
        finally
        {
            _openingStore.Release();
        }
    }

    /// <summary>Closes a store that no working copy has, and removes it.</summary>
    public async Task DropStoreAsync(string relative)
    {
        await _openingStore.WaitAsync(CancellationToken.None);
        try
        {
            if (_stores.Remove(relative, out var store))
            {
                await store.DisposeAsync();
            }

            if (parts.Paths.Store(relative) is var folder && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        finally
        {
            _openingStore.Release();
        }
    }

    /// <summary>Closes everything; the stores last.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var pipeline in _open.Values)
        {
            await pipeline.DisposeAsync();
        }

        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }

        _opening.Dispose();
        _openingStore.Dispose();
    }

    // Not where the directory was moved away and another one stands there, and not where the start failed: what was in its way may
    // be gone by now.
    private static bool IsUsable(AgentPipeline open) => open.Copy.Files.IsRootInPlace && !open.Copy.Ready.Task.IsFaulted;

    private static async Task RememberPlaceAsync(ObjectStore store, CopyIdentity identity, string root, CancellationToken cancellationToken)
    {
        if (new StoreRefs(store).Copy(identity.CopyId) is { } record && record.Path != root)
        {
            await using var transaction = store.Begin();
            StoreRefs.SetCopy(transaction, identity.CopyId, record with { Path = root });
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private IEnumerable<OpenCopy> SiblingsOf(OpenCopy copy) =>
        _open.Values.Select(static pipeline => pipeline.Copy).Where(other => other != copy && other.Store == copy.Store);

    private async Task DropDeletedAsync(CancellationToken cancellationToken)
    {
        foreach (var gone in _open.Values.Where(pipeline => pipeline.Copy.Files.IsRootDeleted).ToArray())
        {
            _open.TryRemove(gone.Copy.Root, out _);
            await gone.DisposeAsync();
            await roots.RemoveAsync(gone.Copy.Root, cancellationToken);
            parts.Log.Info($"'{gone.Copy.Root}' was deleted and is no longer watched");
        }
    }

    private async Task<Result<AgentPipeline>> OpenNewAsync(string root, CancellationToken cancellationToken)
    {
        await DropDeletedAsync(cancellationToken);
        if (WorktreeRoot.ForeignOwner(root) is { } foreign)
        {
            return foreign;
        }

        var identity = CopyIdentity.Parse(root, await File.ReadAllBytesAsync(WorktreeRoot.IdentityFile(root), cancellationToken));
        if (!identity.IsOk)
        {
            return identity.Error;
        }

        if (_open.Values.FirstOrDefault(pipeline => pipeline.Copy.Identity.Copy == identity.Value.Copy) is { } same)
        {
            if (same.Copy.Files.IsRootInPlace)
            {
                return new Error("copied_worktree", $"'{root}' is a copy of the worktree '{same.Copy.Root}', made file by file; both would move one line.", $"Remove '{root}/.wt/state', then 'wt init' there, or clone it instead.");
            }

            // The worktree was moved: it goes on here.
            _open.TryRemove(same.Copy.Root, out _);
            await same.DisposeAsync();
            await roots.RemoveAsync(same.Copy.Root, cancellationToken);
        }

        var store = await StoreAsync(identity.Value.Store, cancellationToken);
        if (!store.IsOk)
        {
            return store.Error;
        }

        await RememberPlaceAsync(store.Value, identity.Value, root, cancellationToken);
        WorktreeRoot.MakeStateFolders(root, store.Value);
        var files = new PosixWorkingDirectory(root, StateLayout.Default, parts.Time);
        var watcher = FileWatchers.Create(root, StateLayout.Default.Cookies);
        var config = ConfigStack.ForWorktree(ConfigPaths.For(parts.Paths.Config), root, parts.Paths.Environment);
        var copy = new OpenCopy(new CopyParts(identity.Value, root, store.Value, files, watcher, config, parts.Time, parts.Entropy));
        var pipeline = new AgentPipeline(copy, parts.Events, parts.Log, parts.Sync);
        _open[root] = pipeline;
        await roots.AddAsync(root, cancellationToken);
        _ = Task.Run(() => new CopyStart(pipeline, parts, previous, () => SiblingsOf(copy)).RunAsync(parts.Stopping), CancellationToken.None);
        return pipeline;
    }
}
