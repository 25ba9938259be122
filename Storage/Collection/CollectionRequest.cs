using W0rktree.Core;
using W0rktree.Core.Identity;

namespace W0rktree.Storage.Collection;

/// <summary>What a collection is to do.</summary>
public sealed record CollectionRequest
{
    /// <summary>
    /// Gives the roots as they are committed at that moment, or the error of one that cannot be read. Called several times: what
    /// was committed meanwhile counts.
    /// </summary>
    public required Func<Result<IReadOnlyList<GarbageRoot>>> Roots { get; init; }

    /// <summary>
    /// For how long nothing may have referred to an object before it goes. Zero only for a store that nothing else works on:
    /// what was relied on before this collection saw it is protected by the grace period alone.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether to find out and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Told after each step, for tests and progress.</summary>
    public Func<string, Task>? Step { get; init; }
}

/// <summary>What a collection found and did.</summary>
/// <param name="Roots">Roots by where they come from.</param>
/// <param name="Reachable">Objects that the roots reach.</param>
/// <param name="Waiting">What nothing refers to, within the grace period or in use.</param>
/// <param name="Expired">What nothing refers to and may go: gone, unless it was a dry run.</param>
/// <param name="BytesFreed">By how much the packs became shorter.</param>
/// <param name="PacksRewritten">Packs that had something to remove.</param>
/// <param name="RemovedSnapshots">The snapshots among what went, for rows that are about them.</param>
/// <param name="NextDue">When the first of what waits may go; null where nothing waits.</param>
public sealed record CollectionReport(
    IReadOnlyDictionary<GarbageRootKind, int> Roots, long Reachable, GarbageFigures Waiting, GarbageFigures Expired, long BytesFreed,
    int PacksRewritten, IReadOnlyList<ContentHash> RemovedSnapshots, DateTimeOffset? NextDue);

/// <summary>A number of objects and the bytes that they take in packs.</summary>
public readonly record struct GarbageFigures(long Objects, long Bytes);
