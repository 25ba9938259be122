using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeMerge;
using W0rktree.LocalAgent.WorkingCopy;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Branches;

/// <summary>Reads contents for a merge: what it wrote itself is not committed yet, everything else is in the store, large files in chunks.</summary>
internal sealed class MergeContents(OpenCopy copy, StoreTransaction transaction) : IContentSource
{
    /// <summary>Gives what a merge in this transaction works on.</summary>
    public static IMergeObjects Objects(OpenCopy copy, StoreTransaction transaction) =>
        new StoredMergeObjects(new ObjectGraph(transaction), transaction, new MergeContents(copy, transaction));

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken) =>
        await transaction.TryReadAsync(id, cancellationToken) is { Kind: ObjectKind.Content } found
            ? found.Bytes.Length <= limitBytes ? found.Bytes : null
            : await copy.Store.ReadAsync(id, limitBytes, cancellationToken);
}
