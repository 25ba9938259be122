using W0rktree.Core.Chunking;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage;
using W0rktree.Storage.Packs;

namespace W0rktree.LocalAgent.Git.Import;

/// <summary>
/// Where an import writes: what a history is made of into a pack of its own, content that is cut into chunks through the journal. It
/// counts when <see cref="FinishAsync"/> is done; given up before, nothing of it is there.
/// </summary>
internal sealed class ImportTarget(ObjectStore store) : IDisposable
{
    // Open for as long as the import relies on what the store has, so that none of it is collected meanwhile.
    private readonly StoreTransaction _journal = store.Begin();

    /// <summary>Gets the pack.</summary>
    public HistoryPack Pack { get; } = store.BeginHistory();

    /// <summary>Writes content of any size.</summary>
    public async ValueTask<GitTarget> WriteAsync(ReadOnlyMemory<byte> content, OlderVersion? older, CancellationToken cancellationToken)
    {
        if (content.Length <= ChunkList.ThresholdBytes)
        {
            return new GitTarget(Pack.WriteContent(content.Span, older), (ulong)content.Length);
        }

        var written = await _journal.WriteContentAsync(content, cancellationToken);
        return new GitTarget(written.Id, (ulong)written.SizeBytes);
    }

    /// <summary>Writes content that is read from a stream.</summary>
    public ValueTask<WrittenContent> WriteAsync(Stream content, CancellationToken cancellationToken) => _journal.WriteContentAsync(content, cancellationToken);

    /// <summary>Makes everything durable.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await Pack.PublishAsync(cancellationToken);
        if (_journal.ObjectCount > 0)
        {
            await _journal.CommitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Dispose();
        Pack.Dispose();
    }
}
