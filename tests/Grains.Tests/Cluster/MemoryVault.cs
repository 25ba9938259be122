using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.TestKit;

namespace W0rktree.Grains.Tests.Cluster;

/// <summary>Keeps the objects of each tree in memory; whatever a test adds counts as admitted.</summary>
public sealed class MemoryVault : IObjectVault
{
    private readonly Dictionary<(TenantId, TreeId), MemoryObjects> _trees = [];
    private readonly Lock _lock = new();

    public MemoryObjects Of(TenantId tenant, TreeId tree)
    {
        lock (_lock)
        {
            return _trees.TryGetValue((tenant, tree), out var objects) ? objects : _trees[(tenant, tree)] = new MemoryObjects();
        }
    }

    public ITenantVault ForTenant(TenantId tenant) => new Bound(this, tenant);

    private sealed class Bound(MemoryVault vault, TenantId tenant) : ITenantVault
    {
        public Task<long> UsedBytesAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

        public Task<ITreeVault> OpenAsync(TreeId tree, CancellationToken cancellationToken) => Task.FromResult<ITreeVault>(new Opened(vault.Of(tenant, tree)));
    }

    private sealed class Opened(MemoryObjects objects) : ITreeVault
    {
        public ValueTask<StoredObject?> TryReadAsync(ContentHash id, CancellationToken cancellationToken) => objects.TryReadAsync(id, cancellationToken);

        public bool Contains(ContentHash id) => objects.Ids.Contains(id);

        public async Task<bool> HasSnapshotAsync(SnapshotId snapshot, CancellationToken cancellationToken) =>
            await objects.Graph.TryReadSnapshotAsync(snapshot, cancellationToken) is not null;

        public Task<Stream?> OpenContentAsync(ContentHash id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Result<IUpload>> OpenUploadAsync(UploadKey key, UploadPlan? plan, UploadAllowance allowance, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
