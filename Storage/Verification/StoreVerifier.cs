using W0rktree.Core.Objects;

namespace W0rktree.Storage.Verification;

/// <summary>Tells what reading a whole store found.</summary>
/// <param name="Objects">Objects that were read.</param>
/// <param name="Bytes">Their bytes after expansion.</param>
/// <param name="Damage">What is wrong, in the order in which it was found.</param>
public sealed record VerifyReport(long Objects, long Bytes, IReadOnlyList<StoreDamage> Damage)
{
    /// <summary>Gets whether nothing is wrong.</summary>
    public bool IsHealthy => Damage.Count == 0;
}

/// <summary>Reads every object of a store in the order of the disk, then the reflog's chain.</summary>
internal sealed class StoreVerifier(ObjectStore store)
{
    public async Task<VerifyReport> RunAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        List<StoreDamage> damage = [.. store.Recovery.Damage];
        long objects = 0, bytes = 0;
        foreach (var (id, place) in store.Places().OrderBy(entry => entry.Value.Source.Value).ThenBy(entry => entry.Value.Offset))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var stored = store.Read(id, place);
                bytes += stored.Bytes.Length;
                if (stored.Kind == ObjectKind.ChunkList)
                {
                    await ReadWholeAsync(id, cancellationToken);
                }
            }
            catch (CorruptObjectException e)
            {
                damage.Add(new StoreDamage(e.Reason, store.FileOf(place), place.Offset, id, place.Kind));
            }
            catch (MissingObjectException e)
            {
                damage.Add(new StoreDamage(e.Message, store.FileOf(place), place.Offset, e.Id, ObjectKind.Content));
            }

            objects++;
            progress?.Report(objects);
        }

        try
        {
            foreach (var _ in store.Reflog.NewestFirst())
            {
                // Reading checks each entry and its place in the chain.
            }
        }
        catch (InvalidDataException e)
        {
            damage.Add(new StoreDamage(e.Message, store.Folder, 0));
        }

        return new VerifyReport(objects, bytes, damage);
    }

    private async Task ReadWholeAsync(Core.Identity.ContentHash id, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenContentAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "the index");
        await content.CopyToAsync(Stream.Null, cancellationToken);
    }
}
