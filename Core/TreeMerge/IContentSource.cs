using W0rktree.Core.Identity;

namespace W0rktree.Core.TreeMerge;

/// <summary>Reads whole file content for a merge, whether it is stored in one piece or in chunks.</summary>
public interface IContentSource
{
    /// <summary>Reads content of at most <paramref name="limitBytes"/> bytes, or gives null where it is larger.</summary>
    /// <exception cref="Objects.MissingObjectException">It is not there.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ContentHash id, long limitBytes, CancellationToken cancellationToken);
}
