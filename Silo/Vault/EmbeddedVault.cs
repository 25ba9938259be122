using System.Collections.Concurrent;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Vaults;

namespace W0rktree.Silo.Vault;

/// <summary>Keeps the objects of every tree in a store of its own: <c>tenant/tree/objects</c>, and its uploads beside it. Thread-safe.</summary>
/// <remarks>A store per tree, not per tenant: what another tree holds is then not refused by a rule but simply not there.</remarks>
internal sealed class EmbeddedVault(VaultOptions options, TimeProvider clock) : IObjectVault, IAsyncDisposable
{
    private readonly OpenStores _stores = new(options.MaxIdleTrees);
    private readonly UploadSlots _uploads = new(clock);
    private readonly ConcurrentDictionary<string, StorageUse> _uses = new(StringComparer.Ordinal);

    private VaultOptions Options => options;

    /// <inheritdoc/>
    public ITenantVault ForTenant(TenantId tenant) => new TenantVault(this, Path.Combine(options.Folder, tenant.ToString()));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private UploadRoom RoomOf(string tenantFolder, UploadAllowance allowance) =>
        new(options, allowance, _uses.GetOrAdd(tenantFolder, static (folder, clock) => new StorageUse(folder, clock), clock));

    private sealed class TenantVault(EmbeddedVault vault, string folder) : ITenantVault
    {
        public Task<long> UsedBytesAsync(CancellationToken cancellationToken) => Task.Run(() => StorageUse.Measure(folder), cancellationToken);

        public async Task<ITreeVault> OpenAsync(TreeId tree, CancellationToken cancellationToken)
        {
            var place = Path.Combine(folder, tree.ToString());
            return new TreeVault(vault, folder, place, await vault._stores.OpenAsync(Path.Combine(place, "objects"), cancellationToken), tree);
        }
    }

    private sealed class TreeVault(EmbeddedVault vault, string tenantFolder, string folder, StoreLease objects, TreeId tree) : ITreeVault
    {
        public bool Contains(ContentHash id) => objects.Store.Contains(id);

        public async Task<bool> HasSnapshotAsync(SnapshotId snapshot, CancellationToken cancellationToken) =>
            objects.Store.Contains(snapshot.Hash) && await objects.Store.TryReadAsync(snapshot.Hash, cancellationToken) is { Kind: ObjectKind.Snapshot };

        public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken) => objects.Store.TryReadAsync(id, cancellationToken);

        public async Task<Stream?> OpenContentAsync(ContentHash id, CancellationToken cancellationToken) => await objects.Store.OpenContentAsync(id, cancellationToken);

        public async Task<Result<IUpload>> OpenUploadAsync(UploadKey key, UploadPlan? plan, UploadAllowance allowance, CancellationToken cancellationToken) =>
            (await vault._uploads.OpenAsync(folder, key, plan, vault.Options, vault.RoomOf(tenantFolder, allowance), objects.Store, tree, cancellationToken)).Map(static u => (IUpload)u);

        public ValueTask DisposeAsync() => objects.DisposeAsync();
    }
}
