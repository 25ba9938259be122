using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Access;

namespace W0rktree.Grains.Abstractions.Vaults;

/// <summary>Opens the objects of tenants. A handle that is bound to one tenant is the only way in.</summary>
public interface IObjectVault
{
    /// <summary>Binds a handle to a tenant; nothing reached through it belongs to another.</summary>
    ITenantVault ForTenant(TenantId tenant);
}

/// <summary>Opens the objects of one tenant's trees.</summary>
public interface ITenantVault
{
    /// <summary>Sums up what all of the tenant's trees and unfinished uploads take on disk, in bytes.</summary>
    Task<long> UsedBytesAsync(CancellationToken cancellationToken);

    /// <summary>Opens a tree's objects; dispose the handle after use.</summary>
    Task<ITreeVault> OpenAsync(TreeId tree, CancellationToken cancellationToken);
}

/// <summary>Holds exactly what is reachable from the snapshots that one tree knows: every object came in with its whole closure.</summary>
/// <remarks>
/// An object of another tree, of the same tenant or not, is not here, so knowing its hash neither shows nor uses it.
/// Thread-safe.
/// </remarks>
public interface ITreeVault : IObjectReader, IAsyncDisposable
{
    /// <summary>Tells whether an object is there.</summary>
    bool Contains(ContentHash id);

    /// <summary>Tells whether a snapshot is there, and so everything that it reaches.</summary>
    Task<bool> HasSnapshotAsync(SnapshotId snapshot, CancellationToken cancellationToken);

    /// <summary>Opens content for reading from front to back; null where it is not here. Its length is known.</summary>
    Task<Stream?> OpenContentAsync(ContentHash id, CancellationToken cancellationToken);

    /// <summary>Opens a quarantine for an upload, or the one that an earlier call with the same key left.</summary>
    /// <param name="key">Names it.</param>
    /// <param name="plan">What it is to bring, which never changes; null to open only what is there.</param>
    /// <param name="allowance">What its tenant may use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Result<IUpload>> OpenUploadAsync(UploadKey key, UploadPlan? plan, UploadAllowance allowance, CancellationToken cancellationToken);
}

/// <summary>Names an upload: nobody but its account reaches it.</summary>
/// <param name="Account">Who uploads.</param>
/// <param name="Session">128 random bits of the client's.</param>
public readonly record struct UploadKey(AccountId Account, UInt128 Session);

/// <summary>Says what a tenant may use; zero means no limit but the vault's own.</summary>
/// <param name="StorageBytes">The most bytes of all its trees on disk.</param>
/// <param name="FileBytes">The most bytes of one file.</param>
/// <param name="UploadBytes">The most bytes of one upload.</param>
public sealed record UploadAllowance(long StorageBytes, long FileBytes, long UploadBytes);

/// <summary>Says what an upload brings.</summary>
/// <param name="Tip">The snapshot whose closure it is.</param>
/// <param name="ObjectCount">How many objects are sent.</param>
public sealed record UploadPlan(SnapshotId Tip, long ObjectCount);

/// <summary>Collects objects in quarantine, where nothing can refer to them. One writer at a time.</summary>
public interface IUpload : IAsyncDisposable
{
    /// <summary>Gets what it is to bring.</summary>
    UploadPlan Plan { get; }

    /// <summary>Gets how many objects are durably here; a client that resumes goes on after as many.</summary>
    long DurableObjects { get; }

    /// <summary>Takes the next object after checking its hash, its encoding and the limits.</summary>
    Task<Result<Done>> AppendAsync(ObjectKind kind, ContentHash id, Stream bytes, CancellationToken cancellationToken);

    /// <summary>Makes what was taken durable.</summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Checks the whole closure of the plan's snapshot and moves it into the tree's vault, durably. The quarantine is gone afterwards, also where the check fails.</summary>
    /// <param name="lens">What the sender may read: what they only know as sealed has to stand where it stood.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Result<Done>> AdmitAsync(IReadingLens lens, CancellationToken cancellationToken);
}
