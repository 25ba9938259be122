using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Core.TreeMerge;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Export;

/// <summary>Reads what is given names of git: what a store holds, or what a merge in memory came to.</summary>
internal interface IGitInput
{
    /// <summary>Reads a directory.</summary>
    ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken);

    /// <summary>Reads content that fits into one array; a larger one is refused.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadContentAsync(ContentHash id, CancellationToken cancellationToken);

    /// <summary>Opens content of any size.</summary>
    ValueTask<Stream> OpenContentAsync(ContentHash id, CancellationToken cancellationToken);
}

/// <summary>Reads from a store.</summary>
internal sealed class StoreInput(ObjectStore store) : IGitInput
{
    private readonly ObjectGraph _graph = new(store);

    /// <inheritdoc/>
    public ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken) => _graph.ReadDirectoryAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadContentAsync(ContentHash id, CancellationToken cancellationToken) =>
        await store.ReadAsync(id, Array.MaxLength, cancellationToken)
        ?? throw new Objects.GitRefusalException("too_large", $"The file {id.ToShortString()} is larger than the {Array.MaxLength:N0} bytes that the bridge carries.");

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenContentAsync(ContentHash id, CancellationToken cancellationToken) =>
        await store.OpenContentAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "a directory");
}

/// <summary>Reads what a merge in memory came to, and below it what its store holds.</summary>
internal sealed class TrialInput(TrialObjects trial, ObjectStore store) : IGitInput
{
    private readonly StoreInput _store = new(store);

    /// <inheritdoc/>
    public ValueTask<DirectoryObject> ReadDirectoryAsync(ContentHash id, CancellationToken cancellationToken) => trial.ReadDirectoryAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadContentAsync(ContentHash id, CancellationToken cancellationToken) =>
        await trial.ReadContentAsync(id, Array.MaxLength, cancellationToken) ?? await _store.ReadContentAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenContentAsync(ContentHash id, CancellationToken cancellationToken) => _store.OpenContentAsync(id, cancellationToken);
}
