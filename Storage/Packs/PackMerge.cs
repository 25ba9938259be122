using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Storage.Transactions;
using W0rktree.Storage.Verification;

namespace W0rktree.Storage.Packs;

/// <summary>What merging did.</summary>
/// <param name="Merged">Packs that became one; 0 where nothing was to be done.</param>
/// <param name="Objects">Objects in the new pack.</param>
/// <param name="PackBytes">Its length.</param>
/// <param name="Damage">Damaged objects that were met; then nothing was merged, so that nothing is lost that might be mended.</param>
public sealed record MergeReport(int Merged, long Objects, long PackBytes, IReadOnlyList<StoreDamage> Damage);

/// <summary>
/// Writes several packs into one and puts that in their place. The new pack names those it replaces, so that a crash before
/// they are gone leaves nothing that the next start would not clear away.
/// </summary>
internal sealed class PackMerge(StoreParts parts, CommitLoop loop)
{
    /// <summary>
    /// Merges the smaller packs until each pack is at least twice as long as all smaller ones together: their number stays below
    /// the logarithm of the store's size, and an object is written again as often.
    /// </summary>
    public Task<MergeReport> RunAsync(CancellationToken cancellationToken)
    {
        var packs = parts.Packs.All.OrderBy(pack => pack.Length).ToArray();
        var count = 0;
        long smaller = 0;
        for (var i = 0; i < packs.Length; i++)
        {
            if (i > 0 && smaller * 2 > packs[i].Length)
            {
                count = i + 1;
            }

            smaller += packs[i].Length;
        }

        return count < 2
            ? Task.FromResult(new MergeReport(0, 0, 0, []))
            : RewriteAsync(packs[..count], without: null, PackEffort.Quick, cancellationToken);
    }

    /// <summary>Merges all packs into one as small as can be, unless that is what is there.</summary>
    public Task<MergeReport> RunThoroughAsync(CancellationToken cancellationToken)
    {
        var packs = parts.Packs.All;
        return packs.Count == 0 || (packs.Count == 1 && packs[0].Header.Effort == PackEffort.Thorough)
            ? Task.FromResult(new MergeReport(0, 0, 0, []))
            : RewriteAsync(packs, without: null, PackEffort.Thorough, cancellationToken);
    }

    /// <summary>Writes packs into one, without some of their objects.</summary>
    public async Task<MergeReport> RewriteAsync(
        IReadOnlyCollection<PackFile> packs, IReadOnlySet<ContentHash>? without, PackEffort effort, CancellationToken cancellationToken)
    {
        var entries = packs.SelectMany(pack => pack.Index.All()).Where(entry => without?.Contains(entry.Id) != true).ToArray();
        var objects = entries.Select(entry => entry.Id).ToHashSet();
        PackBuild build = new(parts, effort);
        var snapshots = entries.Where(entry => entry.Place.Kind == ObjectKind.Snapshot).Select(entry => entry.Id);
        var path = objects.Count == 0 ? null : await build.WriteAsync(objects, snapshots, [.. packs.Select(pack => pack.Name)], cancellationToken);
        if (build.Damage.Count > 0)
        {
            return new MergeReport(0, 0, 0, build.Damage);
        }

        // From here on there is no way back: the pack is there, and says that it replaces the others.
        long bytes = 0;
        await loop.RunStepAsync(
            () =>
            {
                var merged = path is null ? null : PackFile.TryOpen(parts.Options.Files, path, []) ?? throw new IOException($"The new pack '{path}' cannot be read.");
                bytes = merged?.Length ?? 0;
                parts.Packs.Replace(packs, merged);
            },
            CancellationToken.None);
        return new MergeReport(packs.Count, objects.Count, bytes, []);
    }
}
